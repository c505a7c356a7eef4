import Bytes

/// Writes the body of one message (RFC 9112, section 6): first the field that says how it ends, then its pieces, as
/// that framing has them. A small value that holds no bytes.
public struct BodyWriter: Sendable {
    /// The way in which the body ends. `length` counts down what is still to be written; where there is no body, as in
    /// the answer to HEAD, it is `none`, and what is written goes nowhere.
    public private(set) var framing: BodyFraming

    /// Announces the body of an answer, and ends its head.
    ///
    /// - Parameters:
    ///   - status: the answer's status.
    ///   - isToHead: whether it answers HEAD.
    ///   - version: the version of the request.
    ///   - length: the body's length in bytes; nil for one in chunks, or, to a peer that may not know them (RFC 9112,
    ///     section 6.1), one that lasts until the connection closes.
    ///   - head: the answer's head, without its end.
    public init(
        answering status: Int, toHead isToHead: Bool, of version: HTTPVersion, length: UInt64?,
        endingHead head: inout Buffer
    ) {
        // RFC 9110, section 8.6: no Content-Length with 204; a 304 has no body either.
        if status == 204 || status == 304 {
            framing = .none
            head.appendEndOfHead()
        } else if length == nil, version == .http10 {
            framing = isToHead ? .none : .untilClose
            head.appendEndOfHead()
        } else {
            framing = Self.announce(length, endingHead: &head)
            if isToHead { framing = .none }
        }
    }

    /// Announces a body, and ends the head.
    ///
    /// - Parameters:
    ///   - length: the body's length in bytes; nil for one in chunks.
    ///   - head: the message's head, without its end.
    public init(length: UInt64?, endingHead head: inout Buffer) {
        framing = Self.announce(length, endingHead: &head)
    }

    private static func announce(_ length: UInt64?, endingHead head: inout Buffer) -> BodyFraming {
        guard let length else {
            head.append("Transfer-Encoding: chunked\r\n\r\n")
            return .chunked
        }
        if length == 0 {
            head.append("Content-Length: 0\r\n\r\n")
        } else {
            head.append("Content-Length: ")
            head.append(decimal: length)
            head.append("\r\n\r\n")
        }
        return .length(length)
    }

    /// Appends a piece of the body. More than its length says is the caller's bug, and traps.
    public mutating func append(_ piece: ByteView, to buffer: inout Buffer) {
        switch framing {
        case .none: break
        case .chunked: buffer.appendChunk(piece)
        case .untilClose: buffer.append(piece)
        case .length(let missing):
            precondition(UInt64(piece.count) <= missing, "more was written than the length says")
            framing = .length(missing &- UInt64(piece.count))
            buffer.append(piece)
        }
    }

    /// Appends the end of the body, with the trailers that the closure appends where there are chunks. Less than the
    /// length says is the caller's bug, and traps.
    public func finish(in buffer: inout Buffer, trailers: (inout Buffer) -> Void = { _ in }) {
        switch framing {
        case .none, .untilClose: break
        case .chunked: buffer.appendLastChunk(trailers: trailers)
        case .length(let missing): precondition(missing == 0, "less was written than the length says")
        }
    }
}
