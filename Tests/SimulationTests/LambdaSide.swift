/// Lambda's Extensions API at the other end of the extension's connections, byte by byte and with a parser of its own.
final class LambdaSide {
    enum Call: Equatable {
        case register, next, failure
    }

    /// The calls that were not answered, each with its connection.
    private(set) var pending: [(call: Call, link: Link)] = []
    /// The connection that was made last.
    private(set) var link: Link?
    private(set) var invocation = 0
    private(set) var nextCount = 0
    unowned let world: World

    init(world: World) { self.world = world }

    func connect(_ link: Link) { self.link = link }

    /// True if a call waits that could be answered.
    var isAsked: Bool { pending.contains { !$0.link.isLeaving } }

    /// Returns true if a whole Next waits there for its answer.
    func awaitsNext(on link: Link) -> Bool { pending.contains { $0.link === link && $0.call == .next } }

    /// Reads what the kernel took.
    func receive(_ link: Link) {
        guard !link.isDeserted else { return }
        while let request = nextRequest(&link.received) {
            let call: Call
            if request.hasPrefix("POST /2020-01-01/extension/register ") {
                call = .register
            } else if request.hasPrefix("GET /2020-01-01/extension/event/next ") {
                call = .next
                nextCount += 1
            } else if request.hasPrefix("POST /2020-01-01/extension/exit/error ") {
                call = .failure
            } else {
                return world.witness.accuse("asks Lambda for \(request.prefix(60))")
            }
            if pending.contains(where: { $0.link === link }) { world.witness.accuse("asks before it is answered") }
            pending.append((call, link))
        }
    }

    private func nextRequest(_ bytes: inout [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let head = text[..<end.lowerBound]
        var count = 0
        if let field = head.range(of: "Content-Length: ") {
            count = Int(head[field.upperBound...].prefix { $0.isNumber }) ?? 0
        }
        let total = text[..<end.upperBound].utf8.count + count
        guard bytes.count >= total else { return nil }
        bytes.removeFirst(total)
        return String(head)
    }

    // MARK: Answers

    /// Answers the call that waits, where there is one.
    func answer(_ answer: Action.Answer, isChunked: Bool) {
        guard let index = pending.firstIndex(where: { !$0.link.isLeaving }) else { return }
        let (call, link) = pending[index]
        var body = #"{"status":"OK"}"#
        var status = 200
        var meaning = Witness.Meaning.success
        switch answer {
        case .fine:
            if call == .next { return }
        case .status(let code):
            status = code
            body = #"{"errorMessage":"no","errorType":"Extension.No"}"#
            meaning = .failure
        case .garbage: return say(link, index, "what?\r\n\r\n", .failure)
        case .brokenJSON:
            body = "{"
            meaning = call == .next ? .failure : .success
        case .truncated:
            say(link, index, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", .unfinished)
            return link.close()
        case .invoke, .shutdown, .unknownEvent:
            guard call == .next else { return }
            (body, meaning) = event(answer)
        }
        var text = "HTTP/1.1 \(status) Something\r\nLambda-Extension-Identifier: 1-2-3\r\n"
        let count = body.utf8.count
        if isChunked {
            let half = body.prefix(count / 2)
            let rest = body.dropFirst(count / 2)
            text += "Transfer-Encoding: chunked\r\n\r\n"
            text += "\(String(half.utf8.count, radix: 16))\r\n\(half)\r\n"
            text += "\(String(rest.utf8.count, radix: 16));x=y\r\n\(rest)\r\n0\r\n\r\n"
        } else {
            text += "Content-Length: \(count)\r\n\r\n\(body)"
        }
        say(link, index, text, meaning)
    }

    private func say(_ link: Link, _ index: Int, _ text: String, _ meaning: Witness.Meaning) {
        pending.remove(at: index)
        link.send(text)
        world.witness.noteAnswer(link, meaning)
    }

    private func event(_ answer: Action.Answer) -> (String, Witness.Meaning) {
        switch answer {
        case .invoke(let ahead, let isRepeated):
            if !isRepeated || invocation == 0 { invocation += 1 }
            let deadline = world.kernel.wall / 1_000_000 + ahead
            let body =
                #"{"eventType":"INVOKE","deadlineMs":\#(deadline),"requestId":"id-\#(invocation)","tracing":{"type":"x"}}"#
            return (body, .invoke(id: "id-\(invocation)", deadline: deadline * 1_000_000))
        case .shutdown: return (#"{"eventType":"SHUTDOWN","deadlineMs":1,"shutdownReason":"spindown"}"#, .shutdown)
        default: return (#"{"eventType":"TO_COME","what":[1,{"a":null}]}"#, .unknownEvent)
        }
    }
}

extension String {
    /// Foundation's, as far as it is needed here.
    fileprivate func range(of other: String) -> Range<String.Index>? { Substring(self).range(of: other) }
}

extension Substring {
    fileprivate func range(of other: String) -> Range<String.Index>? {
        let (bytes, wanted) = (utf8, Array(other.utf8))
        var start = bytes.startIndex
        while start < bytes.endIndex {
            if bytes[start...].starts(with: wanted) {
                return start..<bytes.index(start, offsetBy: wanted.count)
            }
            bytes.formIndex(after: &start)
        }
        return nil
    }
}
