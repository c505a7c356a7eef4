import FoundationEssentials

extension LambdaSandbox {
    /// The answer that the caller of an invocation gets.
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

    /// The times and the log of an invocation, until everybody had asked for the next event.
    public struct Report: Sendable {
        /// The time from START to END.
        public let duration: Duration
        /// The time that is paid for: that, and the initialization before the first invocation, in whole milliseconds.
        public let billedDuration: Duration
        /// The initialization before it; nil where the environment was warm.
        public let initDuration: Duration?
        /// The time for which the environment stayed awake after the response; nil without one of the function.
        public let hold: Duration?
        /// The type of the error that the invocation ended with, which is another than the caller's where it came after
        /// the response; nil for none.
        public let errorType: String?
        /// The log from START to REPORT. On Managed Instances lines of other invocations may be among them.
        public let lines: [String]
    }
}
