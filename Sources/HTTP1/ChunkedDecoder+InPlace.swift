import Bytes

extension ChunkedDecoder {
    /// The region as ``decodeInPlace(_:limit:)`` left it: first `decodedCount` bytes of the body, then, if the body is
    /// complete, `trailerCount` bytes of trailer section, then what was not looked at, up to `count`.
    public struct InPlaceStep: Equatable, Sendable {
        /// The bytes of the body that were decoded by this call; they are at the front of the region.
        public let decodedCount: Int
        /// The bytes of the trailer section, with the empty line that ends it; zero until the body is complete.
        public let trailerCount: Int
        /// The bytes of the region still of use. The rest was framing and is rubbish now: truncate it away.
        public let count: Int
        /// True if the body is complete.
        public let isComplete: Bool
    }

    /// Decodes bytes where they were received, so that the body becomes contiguous.
    ///
    /// The region is what was received and not yet decoded, directly behind what earlier calls decoded. Each piece of data
    /// is moved forward over the framing before it, and last what was not decoded is moved behind the data:
    ///
    ///     before   4 CRLF d a t a CRLF 0 CRLF CRLF n e x t
    ///     after    d a t a CRLF n e x t . . .
    ///              decodedCount 4, trailerCount 2, count 10, complete
    ///
    /// Truncate to `count`, receive more behind it, and call again with the region from behind the decoded bytes, until the
    /// body is complete. Every byte is moved at most once, but for trailers that arrive in pieces.
    ///
    /// - Parameters:
    ///   - region: the bytes, which go on from what was left before.
    ///   - limit: looks no further once more bytes than this are decoded, so that a body too large is one whatever follows
    ///     it.
    /// - Throws: The first fault, as soon as a byte proves it; what the region holds then has no meaning.
    public mutating func decodeInPlace(
        _ region: UnsafeMutableBufferPointer<UInt8>, limit: Int = .max
    ) throws(HTTPParseError) -> InPlaceStep {
        let bytes = ByteView(UnsafeRawBufferPointer(region))
        var written = 0
        var read = 0
        var trailerCount = 0
        decoding: while written <= limit {
            switch try decode(bytes.dropFirst(read)) {
            case .data(let range):
                move(region, from: read &+ range.lowerBound, count: range.count, to: written)
                written &+= range.count
                read &+= range.upperBound
            case .partial(let consumed):
                read &+= consumed
                break decoding
            case .end(let trailers):
                read &+= trailers.lowerBound
                trailerCount = trailers.count
                break decoding
            }
        }
        let rest = region.count &- read
        move(region, from: read, count: rest, to: written)
        return InPlaceStep(
            decodedCount: written, trailerCount: trailerCount, count: written &+ rest, isComplete: isComplete)
    }
}

/// Moves bytes within the region; the two places may overlap.
private func move(_ region: UnsafeMutableBufferPointer<UInt8>, from: Int, count: Int, to: Int) {
    guard count > 0, from != to else { return }
    let memory = UnsafeMutableRawBufferPointer(region)
    UnsafeMutableRawBufferPointer(rebasing: memory[to..<to + count])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[from..<from + count]))
}
