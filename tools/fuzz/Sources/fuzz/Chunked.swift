import HTTP1

/// A chunked body: the two decoders, each fed whole and in pieces, the naive twin and SwiftNIO must agree.
func checkChunked(_ input: ByteView) {
    guard let (cuts, bytes) = Cuts.split(input) else { return }
    let whole = decode(bytes, nil)
    expectEqual(decode(bytes, cuts), whole, "decoding in pieces and whole")
    expectEqual(gather(bytes, nil), whole, "gathering and decoding")
    expectEqual(gather(bytes, cuts), whole, "gathering pieces and decoding the whole")
    compareWithTwin(bytes.array, whole)
    judgeChunks(bytes.array, whole)
}

/// The outcome of a body: its bytes, and where it ended.
struct Unchunked: Equatable {
    enum End: Equatable {
        case partial
        case complete(trailers: [UInt8], rest: [UInt8])
        case refused(HTTPParseError)
    }

    var body: [UInt8] = []
    var end = End.partial
}

private func decode(_ bytes: ByteView, _ cuts: Cuts?) -> Unchunked {
    var decoder = ChunkedDecoder()
    var result = Unchunked()
    var cuts = cuts
    var consumed = 0
    var received = 0
    while received < bytes.count {
        received += cuts?.next(of: bytes.count - received) ?? bytes.count
        var more = true
        while more {
            more = withExactCopy(bytes[consumed..<received]) { view in
                do throws(HTTPParseError) {
                    switch try decoder.decode(view) {
                    case .data(let range):
                        if range.isEmpty { fail("data without a byte") }
                        result.body += view[range].array
                        consumed += range.upperBound
                        return true
                    case .partial(let count): consumed += count
                    case .end(let trailers):
                        let rest = bytes.dropFirst(consumed + trailers.upperBound).array
                        result.end = .complete(trailers: view[trailers].array, rest: rest)
                    }
                } catch {
                    // The part of the body that is handed out before a fault depends on where the bytes were cut.
                    result = Unchunked(end: .refused(error))
                }
                return false
            }
        }
        if result.end != .partial { return result }
    }
    return result
}

private func gather(_ bytes: ByteView, _ cuts: Cuts?) -> Unchunked {
    var buffer = Buffer()
    var cuts = cuts
    var received = 0
    do throws(BodyFault) {
        var reader = try BodyReader(.chunked, limit: .max)
        while received < bytes.count {
            let count = cuts?.next(of: bytes.count - received) ?? bytes.count
            buffer.append(bytes[received..<received + count])
            received += count
            guard let extent = try reader.gather(in: &buffer, behind: 0) else { continue }
            let gathered = buffer.readable
            return Unchunked(
                body: gathered[extent.body].array,
                end: .complete(
                    trailers: gathered[extent.body.upperBound..<extent.end].array,
                    rest: gathered.dropFirst(extent.end).array + bytes.dropFirst(received).array))
        }
        return Unchunked(body: buffer.readable[0..<Int(reader.count)].array)
    } catch .malformed(let error) {
        return Unchunked(end: .refused(error))
    } catch {
        fail("a limit that there is not was passed")
    }
}

private func compareWithTwin(_ bytes: [UInt8], _ ours: Unchunked) {
    let twin = ChunkTwin(bytes)
    switch (ours.end, twin.end) {
    case (.partial, .partial): expectEqual(ours.body, twin.body, "the body and the twin's")
    case (.complete(let trailers, let rest), .complete(let start, let end)):
        expectEqual(ours.body, twin.body, "the body and the twin's")
        expectEqual(trailers, Array(bytes[start..<end]), "the trailers and the twin's")
        expectEqual(rest, Array(bytes[end...]), "what follows and what follows the twin's")
    case (.refused, .refused): break
    default: fail("the twin says \(twin.end), not \(ours.end)")
    }
}

private func judgeChunks(_ bytes: [UInt8], _ ours: Unchunked) {
    let head = Array("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
    let theirs = NIOJudge.request([head, bytes])
    switch ours.end {
    case .partial:
        if let fault = theirs.fault { return differ(.onlyTheyRefuse(.chunks, fault), bytes) }
        if theirs.isOver { return differ(.otherwise(.chunks, "the end of the body"), bytes) }
        if theirs.body != ours.body { differ(.otherwise(.chunks, "the body so far"), bytes) }
    case .complete:
        guard theirs.isOver else { return differ(.onlyTheyRefuse(.chunks, theirs.fault ?? "nothing"), bytes) }
        if theirs.body != ours.body { differ(.otherwise(.chunks, "the body"), bytes) }
    case .refused(let fault):
        if theirs.isOver { differ(.onlyWeRefuse(.chunks, fault), bytes) }
    }
}
