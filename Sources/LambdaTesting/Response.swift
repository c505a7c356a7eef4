import FoundationEssentials

extension LambdaSandbox {
    /// The answer to the caller of an invocation.
    public struct Response: Sendable {
        /// The request id.
        public let id: String
        /// The response, or the error in JSON.
        public let body: [UInt8]
        /// The type of the error, such as `Sandbox.Timedout` or `Runtime.ExitError`, or what the function reported; nil after
        /// a success.
        public let errorType: String?
        /// The time from START to the answer.
        public let elapsed: Duration

        /// The body as text.
        public var text: String { String(decoding: body, as: UTF8.self) }

        /// Decodes the response from JSON.
        ///
        /// - Throws: ``Failure`` where the invocation failed, or the response is something else.
        public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws(Failure) -> Value {
            guard errorType == nil else { throw Failure("no \(type), but an error: \(text)") }
            do {
                return try JSONDecoder().decode(type, from: Data(body))
            } catch {
                throw Failure("no \(type): \(text) (\(error))")
            }
        }
    }
}
