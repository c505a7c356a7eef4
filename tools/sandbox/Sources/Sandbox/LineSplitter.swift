/// Cuts a stream of bytes into lines. A line longer than the limit is cut.
package struct LineSplitter: ~Copyable {
    /// The most bytes a line has, as in CloudWatch.
    package static let limit = 262_144
    private var buffer = Buffer()
    /// The length of the buffer's start that is known to hold no line feed.
    private var searched = 0

    /// Lets `read` fill the room at the end.
    mutating func fill(_ read: (UnsafeMutableRawBufferPointer) throws(Errno) -> IOResult) throws(Errno) -> IOResult {
        let room = buffer.reserve(16_384)
        let result = try read(room)
        if case .bytes(let count) = result { buffer.commit(count) }
        return result
    }

    package init() {}

    /// Appends bytes, as ``fill(_:)`` does.
    package mutating func append(_ bytes: ByteView) { buffer.append(bytes) }

    /// Takes the complete lines out, without their line feeds.
    package mutating func takeLines(_ body: (ByteView) -> Void) {
        while true {
            let view = buffer.readable
            if let end = view.dropFirst(searched).firstIndex(of: ASCII.lineFeed) {
                body(view[0..<searched + end])
                buffer.consume(searched + end + 1)
                searched = 0
            } else if view.count >= Self.limit {
                body(view[0..<Self.limit])
                buffer.consume(Self.limit)
                searched = 0
            } else {
                searched = view.count
                return
            }
        }
    }

    /// Takes out what is left when no more can come.
    package mutating func takeRest(_ body: (ByteView) -> Void) {
        if !buffer.isEmpty { body(buffer.readable) }
        buffer.removeAll()
        searched = 0
    }
}
