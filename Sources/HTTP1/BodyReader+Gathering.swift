import Bytes

/// The place of a complete body in the buffer that it was gathered in.
public struct BodyExtent: Equatable, Sendable {
    /// The offsets of the body.
    public let body: Range<Int>
    /// The bytes of the trailer section behind it, with the empty line that ends that; zero where there is none.
    public let trailerCount: Int

    /// The offset at which the next message begins.
    public var end: Int { body.upperBound &+ trailerCount }

    /// Returns the trailer fields, in the bytes of the buffer and the table that is lent; valid until either changes.
    public func trailers(in bytes: ByteView, _ table: inout FieldTable) -> HTTPFields {
        // Without trailers the section is an empty line.
        guard trailerCount > 2 else { return .empty }
        return goodTrailers(bytes[body.upperBound..<end], &table)
    }
}

extension BodyReader {
    /// Takes in what has arrived of the body since the last call, and leaves it contiguous behind the head.
    ///
    /// Chunks are taken apart where they lie: each piece of data is moved forward over the framing before it, and last what was not
    /// decoded is moved behind the data. Every byte is moved at most once, but for trailers that arrive in pieces.
    ///
    ///     before   head 4 CRLF d a t a CRLF 0 CRLF CRLF n e x t
    ///     after    head d a t a CRLF n e x t
    ///
    /// - Parameters:
    ///   - buffer: the head, what earlier calls left of the body, and what has come since.
    ///   - head: the length of the head, in bytes.
    /// - Returns: the body's place, or nil while it is not complete.
    /// - Throws: ``BodyFault``, as ``next(in:)``; the buffer then has no meaning.
    public mutating func gather(in buffer: inout Buffer, behind head: Int) throws(BodyFault) -> BodyExtent? {
        switch framing {
        case .none:
            return BodyExtent(body: head..<head, trailerCount: 0)
        case .length(let length):
            guard UInt64(truncatingIfNeeded: buffer.count &- head) >= length else { return nil }
            return BodyExtent(body: head..<head &+ Int(truncatingIfNeeded: length), trailerCount: 0)
        case .chunked:
            return try gatherChunks(in: &buffer, behind: head)
        case .untilClose:
            guard UInt64(truncatingIfNeeded: buffer.count &- head) <= limit else { throw .tooLarge }
            return nil
        }
    }

    /// The number of bytes that are sure to come of a body that is gathered.
    public func missing(in buffer: borrowing Buffer, behind head: Int) -> UInt64 {
        guard case .length(let length) = framing else { return 0 }
        return length &- min(length, UInt64(buffer.count &- head))
    }

    /// The body as the end of the stream leaves it: complete if that was its framing, else nil.
    public func extentAtEndOfStream(in buffer: borrowing Buffer, behind head: Int) -> BodyExtent? {
        framing == .untilClose ? BodyExtent(body: head..<buffer.count, trailerCount: 0) : nil
    }

    private mutating func gatherChunks(in buffer: inout Buffer, behind head: Int) throws(BodyFault) -> BodyExtent? {
        let region = buffer.mutableReadable()
        let bytes = ByteView(UnsafeRawBufferPointer(region))
        var written = head &+ Int(truncatingIfNeeded: count)
        var read = written
        var trailers: Range<Int>?
        reading: while true {
            switch try next(in: bytes.dropFirst(read)) {
            case .piece(let range):
                move(region, from: read &+ range.lowerBound, count: range.count, to: written)
                written &+= range.count
                read &+= range.upperBound
            case .needsMore(let consumed):
                read &+= consumed
                break reading
            case .end(let range):
                read &+= range.lowerBound
                trailers = range
                break reading
            }
        }
        let rest = region.count &- read
        move(region, from: read, count: rest, to: written)
        buffer.truncate(to: written &+ rest)
        return trailers.map { BodyExtent(body: head..<written, trailerCount: $0.count) }
    }
}

/// The fields of a trailer section that a reader has found good.
package func goodTrailers(_ section: ByteView, _ table: inout FieldTable) -> HTTPFields {
    guard let status = try? parseTrailers(section, fields: &table), case .complete(let fields, _) = status else {
        return .empty
    }
    return fields
}

/// Moves bytes within the region; the two places may overlap.
private func move(_ region: UnsafeMutableBufferPointer<UInt8>, from: Int, count: Int, to: Int) {
    guard count > 0, from != to else { return }
    let memory = UnsafeMutableRawBufferPointer(region)
    UnsafeMutableRawBufferPointer(rebasing: memory[to..<to + count])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[from..<from + count]))
}
