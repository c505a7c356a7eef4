import LambdaAPI

/// An error as Lambda reports it to the caller: a type and a message.
///
/// Any error a handler throws becomes one. Throw this one itself to choose the words.
public struct FunctionError: Error, Equatable, Sendable {
    /// The kind of error, such as `OrderNotFound`; Lambda's own are written `Category.Reason`.
    public var type: String
    /// The message for a person, which says what went wrong.
    public var message: String

    /// An error of the given type and message.
    public init(type: String, message: String) {
        self.type = type
        self.message = message
    }
}

extension FunctionError: CustomStringConvertible {
    /// Type and message in one line.
    public var description: String { "\(type): \(message)" }
}

extension FunctionError {
    /// Bytes of a message beyond which it is cut: the Runtime API refuses reports beyond the size of a response, and
    /// the caller would then hear of nothing.
    private static var messageLimit: Int { 65_536 }

    /// Appends the body of an error report ("Using the Lambda runtime API", invocation error).
    package func append(to buffer: inout Buffer) {
        message.withByteView { message in
            type.withByteView { type in
                buffer.appendErrorReport(type: type, message: message[0..<min(message.count, Self.messageLimit)])
            }
        }
    }

    /// The type where it can stand in a header field; Lambda's word for an error it knows nothing about otherwise.
    package var headerValue: String {
        let isPlain = !type.isEmpty && type.utf8.count <= 256 && type.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return isPlain ? type : "Unhandled"
    }
}
