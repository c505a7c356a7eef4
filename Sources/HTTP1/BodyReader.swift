import Bytes

/// Why a body cannot be taken.
public enum BodyFault: Error, Equatable, Sendable {
    /// Its framing breaks HTTP.
    case malformed(HTTPParseError)
    /// It has more bytes than the limit allows, or its head announces more.
    case tooLarge
}

/// Reads the body that follows a head (RFC 9112, section 6.3): a small value that knows the framing, the limit and how far it is,
/// and holds no bytes.
///
/// It works in one of two ways. ``next(in:)`` hands out one piece after another as they arrive; ``gather(in:behind:)``
/// leaves the bytes in the buffer that they arrive in until the body is complete, and then says where it lies.
///
/// After an error the reader must not be used again.
public struct BodyReader: Sendable {
    /// The next thing at the front of the bytes.
    public enum Step: Equatable, Sendable {
        /// Bytes of the body at these offsets, never none; everything before their end is consumed.
        case piece(Range<Int>)
        /// Nothing more to be had: this many bytes are consumed. What is left is the beginning of a trailer section; offer it
        /// again with more behind it.
        case needsMore(consumed: Int)
        /// The end: the trailer section, with the empty line that ends it, is at these offsets; there is none unless the body is in
        /// chunks. Everything before its end is consumed.
        case end(trailers: Range<Int>)
    }

    /// The way in which the body ends.
    public let framing: BodyFraming
    /// The most bytes of the body, decoded.
    public let limit: UInt64
    /// Bytes of the body read so far, decoded.
    public private(set) var count: UInt64 = 0
    private var decoder = ChunkedDecoder()

    /// A reader at the beginning of a body.
    ///
    /// - Throws: ``BodyFault/tooLarge`` if the head announces more than `limit` bytes.
    public init(_ framing: BodyFraming, limit: UInt64) throws(BodyFault) {
        if case .length(let length) = framing, length > limit { throw .tooLarge }
        self.framing = framing
        self.limit = limit
    }

    /// True once every byte of the body was handed out, and the trailers behind it; a body that lasts until the
    /// connection closes is complete only then, which its owner knows.
    public var isComplete: Bool {
        switch framing {
        case .none: true
        case .length(let length): count == length
        case .chunked: decoder.isComplete
        case .untilClose: false
        }
    }

    /// Reads the front of `bytes`, which go on from what was consumed before.
    ///
    /// - Throws: ``BodyFault/tooLarge`` as soon as a piece passes the limit; ``BodyFault/malformed(_:)`` as soon as a
    ///   byte proves it.
    public mutating func next(in bytes: ByteView) throws(BodyFault) -> Step {
        switch framing {
        case .none:
            return .end(trailers: 0..<0)
        case .length(let length):
            let rest = min(length &- count, UInt64(bytes.count))
            guard rest > 0 else { return isComplete ? .end(trailers: 0..<0) : .needsMore(consumed: 0) }
            return try piece(0..<Int(rest))
        case .untilClose:
            return bytes.isEmpty ? .needsMore(consumed: 0) : try piece(0..<bytes.count)
        case .chunked:
            switch try decode(bytes) {
            case .data(let range): return try piece(range)
            case .partial(let consumed): return .needsMore(consumed: consumed)
            case .end(let trailers): return .end(trailers: trailers)
            }
        }
    }

    /// Returns true if `bytes`, which go on from what was consumed before, hold the rest of the body, or what breaks it.
    public func isDecided(by bytes: ByteView) -> Bool {
        var reader = self
        var rest = bytes
        while let step = try? reader.next(in: rest) {
            switch step {
            case .piece(let range): rest = rest.dropFirst(range.upperBound)
            case .needsMore: return false
            case .end: return true
            }
        }
        return true
    }

    private mutating func piece(_ range: Range<Int>) throws(BodyFault) -> Step {
        guard UInt64(range.count) <= limit &- count else { throw .tooLarge }
        count &+= UInt64(range.count)
        return .piece(range)
    }

    private mutating func decode(_ bytes: ByteView) throws(BodyFault) -> ChunkedDecoder.Step {
        do {
            return try decoder.decode(bytes)
        } catch {
            throw .malformed(error)
        }
    }
}
