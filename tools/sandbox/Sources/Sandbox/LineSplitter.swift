/// Cuts a stream of bytes into lines. A line longer than the limit is cut, between two characters if it has any.
package struct LineSplitter: ~Copyable {
    /// The most bytes a line has, as in CloudWatch.
    package static let limit = 262_144
    private var buffer = Buffer()
    /// The length of the buffer's start that is known to hold no line feed.
    private var searched = 0

    /// Lets `read` fill so much room at the end.
    mutating func fill(
        _ count: Int, _ read: (UnsafeMutableRawBufferPointer) throws(Errno) -> IOResult
    ) throws(Errno) -> IOResult {
        let room = buffer.reserve(count)
        let result = try read(UnsafeMutableRawBufferPointer(rebasing: room[..<count]))
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
            let end = view.dropFirst(searched).firstIndex(of: ASCII.lineFeed).map { $0 + searched }
            if let end, end <= Self.limit {
                body(view[0..<end])
                buffer.consume(end + 1)
                searched = 0
            } else if view.count > Self.limit {
                let end = Self.endOfCharacter(in: view)
                body(view[0..<end])
                buffer.consume(end)
                searched = 0
            } else {
                searched = view.count
                return
            }
        }
    }

    /// The last place within the limit where a character of UTF-8 ends; the limit, if that is no UTF-8.
    private static func endOfCharacter(in view: ByteView) -> Int {
        // A byte that continues a character begins with the bits 10, and three at most do.
        (limit - 3...limit).last { view[$0] & 0xC0 != 0x80 } ?? limit
    }

    /// Takes out what is left when no more can come.
    package mutating func takeRest(_ body: (ByteView) -> Void) {
        if !buffer.isEmpty { body(buffer.readable) }
        buffer.removeAll()
        searched = 0
    }
}
