/// Why a request got no answer.
public enum HTTPClientError: Error, Equatable, Sendable {
    /// No connection could be made; nothing was sent.
    case cannotConnect(Errno)
    /// The connection ended before the answer was complete; the request may or may not have been acted on. The error is
    /// nil when the peer closed in good order.
    case connectionLost(Errno?)
    /// The answer breaks HTTP.
    case malformedResponse(HTTPParseError)
    /// The answer is larger than the client's limit.
    case responseTooLarge
    /// No complete answer came in the time given; the request may or may not have been acted on.
    case timedOut
    /// The client was closed first.
    case closed
}

extension HTTPClientError {
    /// Appends the error in words: `cannot connect: Connection refused`.
    public func append(to buffer: inout Buffer) {
        switch self {
        case .cannotConnect(let error):
            buffer.append("cannot connect: ")
            error.append(to: &buffer)
        case .connectionLost(let error):
            buffer.append("lost the connection before the answer")
            if let error {
                buffer.append(": ")
                error.append(to: &buffer)
            }
        case .malformedResponse(let fault):
            buffer.append("malformed answer: ")
            buffer.append(ByteView(fault.message))
        case .responseTooLarge: buffer.append("answer too large")
        case .timedOut: buffer.append("timed out")
        case .closed: buffer.append("closed")
        }
    }
}

extension HTTPClientError: CustomStringConvertible {
    /// The error in words.
    public var description: String {
        var buffer = Buffer()
        append(to: &buffer)
        return buffer.readable.string
    }
}
