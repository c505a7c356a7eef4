/// Gathers the body that follows a head in a buffer until it is complete and contiguous.
///
/// The buffer holds the head, then what has been decoded of the body, then what has arrived and is not yet decoded.
/// Chunked bodies are decoded where they stand, so that no byte is copied to another buffer.
struct MessageBody {
    /// The place of a complete body in the buffer.
    struct Extent {
        let body: Range<Int>
        let trailerCount: Int

        /// The offset at which the next message begins.
        var end: Int { body.upperBound &+ trailerCount }

        /// The trailer fields behind the body.
        func trailers(in bytes: ByteView, _ table: inout FieldTable) -> HTTPFields {
            guard trailerCount > 0, let status = try? parseTrailers(bytes[body.upperBound..<end], fields: &table),
                case .complete(let fields, _) = status
            else { return .empty }
            return fields
        }
    }

    /// Why a body cannot be taken.
    enum Failure: Error {
        case malformed(HTTPParseError)
        case tooLarge
    }

    private let headLength: Int
    private let framing: BodyFraming
    private let limit: Int
    private var decoder = ChunkedDecoder()
    private var decoded = 0

    /// The body that follows a head of `headLength` bytes.
    ///
    /// - Throws: ``Failure/tooLarge`` when the head announces more than `limit` bytes.
    init(headLength: Int, framing: BodyFraming, limit: Int) throws(Failure) {
        if case .length(let length) = framing, length > UInt64(limit) { throw .tooLarge }
        self.headLength = headLength
        self.framing = framing
        self.limit = limit
    }

    /// The number of further bytes that are sure to come.
    func missing(in buffer: borrowing Buffer) -> Int {
        guard case .length(let length) = framing else { return 0 }
        return headLength &+ Int(truncatingIfNeeded: length) &- buffer.count
    }

    /// Takes in what has arrived since the last call; nil while the body is not complete.
    mutating func advance(_ buffer: inout Buffer) throws(Failure) -> Extent? {
        switch framing {
        case .none:
            return Extent(body: headLength..<headLength, trailerCount: 0)
        case .length(let length):
            let end = headLength &+ Int(truncatingIfNeeded: length)
            return buffer.count < end ? nil : Extent(body: headLength..<end, trailerCount: 0)
        case .chunked:
            return try decode(&buffer)
        case .untilClose:
            guard buffer.count &- headLength <= limit else { throw .tooLarge }
            return nil
        }
    }

    /// The body as the end of the stream leaves it: complete if that was its framing, else nil.
    func atEndOfStream(_ buffer: borrowing Buffer) -> Extent? {
        framing == .untilClose ? Extent(body: headLength..<buffer.count, trailerCount: 0) : nil
    }

    private mutating func decode(_ buffer: inout Buffer) throws(Failure) -> Extent? {
        let start = headLength &+ decoded
        let step: ChunkedDecoder.InPlaceStep
        do {
            step = try decoder.decodeInPlace(
                UnsafeMutableBufferPointer(rebasing: buffer.mutableReadable()[start...]), limit: limit &- decoded)
        } catch {
            throw .malformed(error)
        }
        buffer.truncate(to: start &+ step.count)
        decoded &+= step.decodedCount
        guard decoded <= limit else { throw .tooLarge }
        guard step.isComplete else { return nil }
        return Extent(body: headLength..<headLength &+ decoded, trailerCount: step.trailerCount)
    }
}
