import ReactorHTTP
import Synchronization

/// A ``FakeService`` that hands out events as the Runtime API does, and accepts every answer unless set otherwise.
public final class FakeRuntimeAPI: Sendable {
    /// The service underneath.
    public let service: FakeService
    private let replies: Replies

    private final class Replies: Sendable {
        let byPath = Mutex<[String: FakeService.Reply]>([:])
    }

    private init(service: FakeService, replies: Replies) {
        self.service = service
        self.replies = replies
    }

    /// Starts listening, with no event to give.
    public static func start() async throws -> FakeRuntimeAPI {
        let replies = Replies()
        let service = try await FakeService.start { request in
            if let reply = replies.byPath.withLock({ $0[request.path] }) { return reply }
            let waits = [prefix + "/invocation/next", prefix + "/restore/next"].contains(request.path)
            return waits ? .park : .answer(202, #"{"status":"OK"}"#)
        }
        return FakeRuntimeAPI(service: service, replies: replies)
    }

    /// Gives an event to the `next` that waits, or to one that will come.
    public func give(
        _ payload: String, id: String, deadline: Duration = .seconds(900), fields: [(StaticString, String)] = []
    ) {
        let deadline = WallClock.milliseconds + Int64(deadline / .milliseconds(1))
        let usual: [(StaticString, String)] = [
            ("Lambda-Runtime-Aws-Request-Id", id), ("Lambda-Runtime-Deadline-Ms", "\(deadline)"),
            ("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-north-1:123456789012:function:f"),
        ]
        answerNext(.answer(200, payload, usual + fields))
    }

    /// Answers the `next` that has waited longest, or one that will come.
    public func answerNext(_ reply: FakeService.Reply) {
        service.answerParked(reply, on: Self.prefix + "/invocation/next")
    }

    /// Answers the call for the restore that has waited longest, or one that will come.
    public func answerRestore(_ reply: FakeService.Reply = .answer(200)) {
        service.answerParked(reply, on: Self.prefix + "/restore/next")
    }

    /// Answers everything on a path in a way of one's own.
    public func reply(_ reply: FakeService.Reply, on path: String) {
        replies.byPath.withLock { $0[Self.prefix + path] = reply }
    }

    /// The next request, which must be this one; the path is given without the API's version.
    @discardableResult
    public func expect(_ method: String, _ path: String) async throws -> FakeService.Request {
        try await service.expect(method, Self.prefix + path)
    }

    /// Gives an event to the next request for one, and waits for what the function posts then.
    ///
    /// - Parameter call: the call by which it ends the event.
    @discardableResult
    public func handOut(
        _ payload: String, id: String, call: String = "response"
    ) async throws -> FakeService.Request {
        try await expect("GET", "/invocation/next")
        give(payload, id: id)
        return try await expect("POST", "/invocation/\(id)/\(call)")
    }

    /// Runs a test, and stops the service behind it, whatever has come of it.
    public func run(_ test: (FakeRuntimeAPI) async throws -> Void) async throws {
        defer { service.stop() }
        try await test(self)
    }

    private static var prefix: String { "/2018-06-01/runtime" }
}
