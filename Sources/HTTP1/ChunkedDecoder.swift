import Bytes

/// Takes the chunks off a body (RFC 9112 section 7.1): a small value that remembers where in the framing it is, and
/// holds no bytes.
///
/// Chunk extensions are passed over, unread but for control characters. There is no limit on the body as a whole:
/// ``BodyReader`` keeps one, as the bytes come.
///
/// After an error the decoder must not be used again.
public struct ChunkedDecoder: Sendable {
    /// The next thing at the front of the bytes. Everything before a range and in it is then consumed.
    public enum Step: Equatable, Sendable {
        /// Bytes of the body at these offsets, never none; decode again behind them.
        case data(Range<Int>)
        /// Nothing more to be had: this many bytes are consumed. What is left, if anything, is the beginning of a trailer
        /// section; offer it again with more behind it.
        case partial(consumed: Int)
        /// The end: the trailer section, with the empty line that ends it, is at these offsets.
        case end(trailers: Range<Int>)
    }

    private enum State {
        case sizeStart
        case size
        case sizeBlank
        case chunkExtension
        case sizeEnd
        case data
        case dataEnd
        case dataEndLineFeed
        case trailers
        case complete
    }

    private var state = State.sizeStart
    /// The size of the chunk while its digits are read, then what is still to come of it.
    private var remaining: UInt64 = 0
    private var lineCount = 0

    /// A decoder at the beginning of a body.
    public init() {}

    /// True once the end was reported; the decoder must not be used again then.
    public var isComplete: Bool { state == .complete }

    /// Decodes the front of `bytes`, which go on from what was consumed before, up to the first thing to be reported.
    ///
    /// - Throws: The first fault, as soon as a byte proves it.
    public mutating func decode(_ bytes: ByteView) throws(HTTPParseError) -> Step {
        precondition(!isComplete, "decoding goes on behind the end of a body")
        var offset = 0
        while offset < bytes.count {
            switch state {
            case .data: return data(bytes.count, offset)
            case .trailers: return try trailers(bytes, offset)
            default: try readFraming(bytes[offset])
            }
            offset &+= 1
        }
        return .partial(consumed: offset)
    }

    private mutating func data(_ end: Int, _ offset: Int) -> Step {
        let count = min(remaining, UInt64(truncatingIfNeeded: end &- offset))
        remaining &-= count
        if remaining == 0 { state = .dataEnd }
        return .data(offset..<offset &+ Int(truncatingIfNeeded: count))
    }

    /// Trailers are left alone until they are all there, so that they can then be parsed where they are; meanwhile they
    /// are looked through for faults.
    private mutating func trailers(_ bytes: ByteView, _ offset: Int) throws(HTTPParseError) -> Step {
        let section = bytes.dropFirst(offset)
        var cursor = HeadCursor(section, limit: HTTPLimits.trailerBytes)
        while try cursor.field() != nil {}
        if cursor.isAtEnd {
            state = .complete
            return .end(trailers: offset..<offset &+ cursor.offset)
        }
        guard section.count < HTTPLimits.trailerBytes else { throw .trailersTooLarge }
        return .partial(consumed: offset)
    }

    /// One byte of what is between the data.
    private mutating func readFraming(_ byte: UInt8) throws(HTTPParseError) {
        switch state {
        case .sizeStart:
            guard let digit = ASCII.hexValue(byte) else { throw .malformedChunkSize }
            remaining = UInt64(digit)
            lineCount = 1
            state = .size
        case .size, .sizeBlank, .chunkExtension, .sizeEnd:
            lineCount &+= 1
            guard lineCount <= HTTPLimits.chunkLineBytes else { throw .chunkLineTooLong }
            try readSizeLine(byte)
        case .dataEnd:
            guard byte == ASCII.carriageReturn else { throw .malformedChunkEnd }
            state = .dataEndLineFeed
        case .dataEndLineFeed:
            guard byte == ASCII.lineFeed else { throw .malformedChunkEnd }
            state = .sizeStart
        case .data, .trailers, .complete:
            preconditionFailure("not between the data")
        }
    }

    /// One byte of a size line, after its first.
    private mutating func readSizeLine(_ byte: UInt8) throws(HTTPParseError) {
        switch (state, byte) {
        case (.sizeEnd, ASCII.lineFeed):
            state = remaining == 0 ? .trailers : .data
        case (.sizeEnd, _):
            throw .bareCarriageReturn
        case (_, ASCII.lineFeed):
            throw .bareLineFeed
        case (.size, ASCII.carriageReturn), (.chunkExtension, ASCII.carriageReturn):
            state = .sizeEnd
        case (.chunkExtension, _):
            guard byte >= 0x20 && byte != 0x7F || byte == ASCII.tab else { throw .malformedChunkExtension }
        case (_, 0x3B):
            state = .chunkExtension
        case (_, ASCII.space), (_, ASCII.tab):
            // Blanks may stand before an extension, but not before the end of the line.
            state = .sizeBlank
        default:
            guard state == .size, let digit = ASCII.hexValue(byte) else { throw .malformedChunkSize }
            guard remaining.leadingZeroBitCount >= 4 else { throw .chunkSizeTooLarge }
            remaining = remaining << 4 | UInt64(digit)
        }
    }
}
