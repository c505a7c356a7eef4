import Bytes

/// Reads one request after another from what a connection receives: heads, and bodies that are gathered. A value that
/// holds no bytes.
package struct RequestReader: Sendable {
    /// The next thing in what has arrived.
    package enum Step {
        /// Too little for anything; read more, and ask again.
        case needsMore
        /// The head of a request, and its length. Its owner takes the body over, or has it gathered by ``gather(_:_:limit:in:)``.
        case head(RequestHead, length: Int)
        /// A request whose body was gathered.
        case request(RequestHead, BodyExtent)
    }

    private var body: (reader: BodyReader, headLength: Int)?

    package init() {}

    /// True between a head and the end of its body, while that is gathered.
    package var isInBody: Bool { body != nil }

    /// The number of bytes that are sure to come.
    package func missing(in input: borrowing Buffer) -> UInt64 {
        guard let body else { return 0 }
        return body.reader.missing(in: input, behind: body.headLength)
    }

    /// Looks for a complete head, no longer than a limit, or for the rest of a body.
    ///
    /// - Throws: ``BodyFault``; the connection serves no further request.
    package mutating func next(
        in input: inout Buffer, fields: inout FieldTable, headLimit: Int = HTTPLimits.headBytes
    ) throws(BodyFault) -> Step {
        guard body != nil else {
            guard !input.isEmpty, let (head, length) = try parse(input, &fields, headLimit) else { return .needsMore }
            return .head(head, length: length)
        }
        guard let extent = try goOn(in: &input) else { return .needsMore }
        // The table of fields serves all connections: the head, which was found good, is read again.
        guard let (head, _) = try parse(input, &fields, headLimit) else {
            preconditionFailure("a complete head is complete no more")
        }
        return .request(head, extent)
    }

    /// Gathers the body of the request whose head was found.
    ///
    /// - Returns: its place, or nil if more must come first: ``next(in:fields:headLimit:)`` then goes on.
    /// - Throws: ``BodyFault``, as the reader of the body.
    package mutating func gather(
        _ head: RequestHead, _ length: Int, limit: Int, in input: inout Buffer
    ) throws(BodyFault) -> BodyExtent? {
        // Most requests have no body.
        if head.framing == .none || head.framing == .length(0) {
            return BodyExtent(body: length..<length, trailerCount: 0)
        }
        body = (try BodyReader(head.framing, limit: UInt64(limit)), length)
        return try goOn(in: &input)
    }

    private mutating func goOn(in input: inout Buffer) throws(BodyFault) -> BodyExtent? {
        guard let headLength = body?.headLength else { return nil }
        let extent = try body?.reader.gather(in: &input, behind: headLength)
        if extent != nil { body = nil }
        return extent
    }

    private func parse(
        _ input: borrowing Buffer, _ fields: inout FieldTable, _ limit: Int
    ) throws(BodyFault) -> (RequestHead, length: Int)? {
        do {
            switch try parseRequestHead(input.readable, fields: &fields, limit: limit) {
            case .partial: return nil
            case .complete(let head, let length): return (head, length)
            }
        } catch {
            throw .malformed(error)
        }
    }
}
