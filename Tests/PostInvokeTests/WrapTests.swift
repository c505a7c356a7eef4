import PostInvoke
import ServiceFakes
import TestSupport
import Testing

/// A stand-in for another runtime's context: a value with the id in it.
private struct StandInContext: Sendable {
    let requestID: String
    var traceID = "Root=1-2-3"
    var tenantID: String?
    var timeLeft = Duration.seconds(900)
    func getRemainingTime() -> Duration { timeLeft }
}

/// A stand-in for the writer that another runtime passes to a background-processing handler.
private protocol StandInWriter<Output> {
    associatedtype Output
    func write(_ output: Output) async throws
}

/// The parts of another runtime that take handlers, with the types it declares for them.
private enum StandInRuntime {
    static func run<Event, Output>(
        _ event: Event, _ context: StandInContext,
        body: sending @escaping (Event, StandInContext) async throws -> Output
    ) async throws -> Output { try await body(event, context) }

    /// Handles two events at a time, as Managed Instances have it.
    static func runBoth<Event: Sendable, Output: Sendable>(
        _ events: (Event, Event), _ contexts: (StandInContext, StandInContext),
        body: @Sendable @escaping (Event, StandInContext) async throws -> Output
    ) async throws -> (Output, Output) {
        async let first = body(events.0, contexts.0)
        async let second = body(events.1, contexts.1)
        return try await (first, second)
    }

    static func run(
        _ event: [UInt8], _ writer: any StandInWriter<[UInt8]>, _ context: StandInContext,
        body: @Sendable @escaping ([UInt8], any StandInWriter<[UInt8]>, StandInContext) async throws -> Void
    ) async throws { try await body(event, writer, context) }
}

private struct LogWriter: StandInWriter {
    let events: Log<String>
    func write(_ output: [UInt8]) async throws { events.append("wrote \(output.count) bytes") }
}

private struct BackgroundHandler {
    let postInvoke: PostInvoke
    let events: Log<String>

    func handle(_ event: [UInt8], outputWriter: some StandInWriter<[UInt8]>, context: StandInContext) async throws {
        let events = events
        try await postInvoke.respond(
            requestID: context.requestID, traceID: context.traceID, tenantID: context.tenantID,
            through: { try await outputWriter.write($0) }
        ) {
            PostInvoke.run { events.append("closure, trace \(PostInvoke.current?.traceID ?? "none")") }
            return event
        }
    }
}

@Suite struct WrapTests {
    private struct Failure: Error {}

    private let events = Log<String>()
    private let postInvoke: PostInvoke

    init() {
        let events = events
        postInvoke = PostInvoke(ledger: HoldLedger { events.append("done \($0)") })
    }

    private func expect(_ expected: String...) async throws {
        for event in expected { #expect(try await events.next() == event) }
    }

    @Test func aHandlerWithAnOutput() async throws {
        let events = events
        let output = try await StandInRuntime.run(
            3, StandInContext(requestID: "a"),
            body: postInvoke.wrap(requestID: \.requestID) { (event: Int, context: StandInContext) in
                PostInvoke.run { events.append("closure of \(context.requestID)") }
                return "\(event)"
            })
        #expect(output == "3")
        try await expect("closure of a", "done a")
    }

    @Test func aHandlerWithoutAnOutput() async throws {
        let events = events
        try await StandInRuntime.run(
            3, StandInContext(requestID: "a"),
            body: postInvoke.wrap(requestID: \.requestID) { (_: Int, _: StandInContext) in events.append("handler") })
        try await expect("handler", "done a")
    }

    @Test func aHandlerOfTheMainActor() async throws {
        let events = events
        let handler = postInvoke.wrap(requestID: \.requestID) { @MainActor (_: Int, _: StandInContext) in
            MainActor.assertIsolated()
            PostInvoke.run { events.append("closure") }
        }
        try await handler(3, StandInContext(requestID: "a"))
        try await expect("closure", "done a")
    }

    @Test func aHandlerThatStreams() async throws {
        let events = events
        try await StandInRuntime.run(
            [1, 2], LogWriter(events: events), StandInContext(requestID: "a"),
            body: postInvoke.wrap(requestID: \.requestID) {
                (event: [UInt8], writer: any StandInWriter<[UInt8]>, context: StandInContext) in
                PostInvoke.run { events.append("closure") }
                try await writer.write(event)
            })
        try await expect("wrote 2 bytes", "closure", "done a")
    }

    @Test func aHandlerThatGoesOnAfterItsResponse() async throws {
        let handler = BackgroundHandler(postInvoke: postInvoke, events: events)
        try await handler.handle(
            [1], outputWriter: LogWriter(events: events), context: StandInContext(requestID: "a"))
        #expect(events.all == ["wrote 1 bytes", "closure, trace Root=1-2-3", "done a"], "it is over when it returns")
    }

    @Test func aResponseThatFailsRunsTheClosuresToo() async throws {
        let events = events
        await #expect(throws: Failure.self) {
            try await postInvoke.respond(requestID: "a", through: { throw Failure() }) {
                PostInvoke.run { events.append("closure") }
            }
        }
        try await expect("closure", "done a")
    }

    @Test(arguments: [true, false])
    func anErrorReachesTheRuntime(runOnError: Bool) async throws {
        let events = events
        let handler = postInvoke.wrap(requestID: \.requestID, runOnError: runOnError) {
            (_: Int, _: StandInContext) in
            PostInvoke.run { events.append("closure") }
            throw Failure()
        }
        await #expect(throws: Failure.self) { try await handler(3, StandInContext(requestID: "a")) }
        if runOnError { try await expect("closure") }
        try await expect("done a")
    }

    @Test func severalEventsAtATime() async throws {
        let (events, gate) = (events, Log<Void>())
        let results = try await StandInRuntime.runBoth(
            (1, 2), (StandInContext(requestID: "a"), StandInContext(requestID: "b")),
            body: postInvoke.wrap(requestID: \.requestID) { (event: Int, context: StandInContext) in
                // The first one waits for the second, which could not be if they came one after the other.
                if event == 1 { try await gate.next() } else { gate.append(()) }
                PostInvoke.run { events.append("closure of \(context.requestID)") }
                return context.requestID
            })
        #expect(results == ("a", "b"))
        var seen: Set<String> = []
        for _ in 0..<3 { seen.insert(try await events.next()) }
        #expect(seen.isSuperset(of: ["closure of a", "closure of b"]))
        #expect(seen.contains { $0.hasPrefix("done ") })
    }

    @Test func closuresKnowTheirInvocation() async throws {
        let events = events
        let handler = postInvoke.wrap(requestID: \.requestID, traceID: \.traceID, tenantID: \.tenantID) {
            (_: Int, _: StandInContext) in
            PostInvoke.run {
                let here = PostInvoke.current!
                events.append("\(here.requestID) \(here.traceID ?? "none") \(here.tenantID ?? "none")")
            }
        }
        try await handler(3, StandInContext(requestID: "a"))
        try await handler(3, StandInContext(requestID: "b", tenantID: "blue"))
        var lines: Set<String> = []
        for _ in 0..<3 { lines.insert(try await events.next()) }
        #expect(lines.isSuperset(of: ["a Root=1-2-3 none", "b Root=1-2-3 blue"]))
    }

    @Test func theDeadlineIsKnown() async throws {
        let handler = postInvoke.wrap(requestID: \.requestID, remainingTime: { $0.getRemainingTime() }) {
            (_: Int, _: StandInContext) in PostInvoke.remainingTime
        }
        let left = try await handler(3, StandInContext(requestID: "a"))
        #expect(left! > .seconds(30) && left! <= .seconds(900))
    }

    @Test func aDoneThatWasLostIsSaidOnceMoreBeforeTheNextInvocation() async throws {
        let service = try await FakeExtension.start()
        defer { service.stop() }
        let session = try Session(address: extensionAddress(service.address), timeout: patience)
        _ = try session.open()
        let postInvoke = PostInvoke(ledger: HoldLedger(releasingBy: session))
        let handler = postInvoke.wrap(requestID: \.requestID) { (_: Int, _: StandInContext) in }
        try await service.hangUp()
        try await handler(3, StandInContext(requestID: "a"))
        let requests = service.requests.map { $0.headers["Lambda-Runtime-Aws-Request-Id"] ?? $0.path }
        #expect(requests == ["/check", "/check", "a"])
    }

    @Test func withoutLambdaTheClosuresEndBeforeTheHandlersResultIsOut() async throws {
        let events = events
        let local = try await PostInvoke.connect(mode: .local, in: FunctionEnvironment())
        let handler = local.wrap(requestID: \.requestID) { (_: Int, _: StandInContext) in
            PostInvoke.run {
                await Task.yield()
                events.append("closure")
            }
        }
        try await handler(3, StandInContext(requestID: "a"))
        #expect(events.all == ["closure"])
    }
}
