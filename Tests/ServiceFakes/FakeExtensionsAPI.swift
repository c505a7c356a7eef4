import ReactorHTTP

/// A ``FakeService`` that registers extensions as the Extensions API does, and keeps every Next waiting for
/// ``FakeService/answerParked(_:)``.
public enum FakeExtensionsAPI {
    /// Starts listening.
    public static func start() async throws -> FakeService {
        try await FakeService.start { request in
            request.path == "/2020-01-01/extension/register"
                ? .answer(200, #"{"functionName":"f"}"#, [("Lambda-Extension-Identifier", "extension-1")]) : .park
        }
    }

    /// The answer to a Next: an invocation begins. Its deadline is further away than any test is slow.
    public static func invoke(_ requestID: String, deadline: Duration = .seconds(900)) -> FakeService.Reply {
        let deadline = WallClock.milliseconds + Int64(deadline / .milliseconds(1))
        return .answer(200, #"{"eventType":"INVOKE","requestId":"\#(requestID)","deadlineMs":\#(deadline)}"#)
    }
}
