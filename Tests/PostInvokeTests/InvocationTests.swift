import PostInvoke
import ServiceFakes
import Testing

/// Where a test writes down, and reads, the order of events.
private typealias Events = Log<String>

@Suite struct InvocationTests {
    private let events = Events()
    private let postInvoke: PostInvoke

    init() {
        let events = events
        postInvoke = PostInvoke(ledger: HoldLedger { events.append("done \($0)") })
    }

    /// Handles one invocation from its beginning to the acceptance of its response.
    private func invoke(
        _ requestID: String, deadline: Duration? = nil, runOnError: Bool = true,
        _ handler: () async throws -> Void
    ) async rethrows {
        let invocation = postInvoke.begin(
            requestID: requestID, deadline: deadline.map(millisecondsFromNow), runOnError: runOnError)
        do {
            try await invocation.handle(handler)
        } catch {
            events.append("response \(requestID)")
            await invocation.responseAccepted()
            throw error
        }
        events.append("response \(requestID)")
        await invocation.responseAccepted()
    }

    @Test func runsClosuresLastInFirstOutAfterTheResponse() async {
        await invoke("a") {
            PostInvoke.run { events.append("first") }
            PostInvoke.run {
                await Task.yield()
                events.append("second")
            }
            events.append("handler")
        }
        #expect(events.all == ["handler", "response a", "second", "first", "done a"])
    }

    @Test func isDoneBeforeTheResponseWithoutClosures() async {
        await invoke("a") { events.append("handler") }
        #expect(events.all == ["handler", "done a", "response a"])
    }

    @Test func isHeldUntilTheResponseIsAcceptedWhereTheRuntimeSaysWhen() async {
        let invocation = postInvoke.begin(requestID: "a")
        await invocation.handleHolding { events.append("handler") }
        events.append("accepted")
        #expect(!invocation.startsClosures())
        invocation.releaseUnlessClosures()
        invocation.settle()
        #expect(events.all == ["handler", "accepted", "done a"])
    }

    @Test func aClosureThatThrowsStopsNoOther() async {
        struct Failure: Error {}
        await invoke("a") {
            PostInvoke.run { events.append("first") }
            PostInvoke.run { throw Failure() }
            PostInvoke.run { events.append("third") }
        }
        #expect(events.all == ["response a", "third", "first", "done a"])
    }

    @Test func closuresOfClosuresRunNext() async {
        await invoke("a") {
            PostInvoke.run { events.append("first") }
            PostInvoke.run {
                PostInvoke.run { events.append("inner") }
                events.append("second")
            }
        }
        #expect(events.all == ["response a", "second", "inner", "first", "done a"])
    }

    @Test(arguments: [true, false])
    func runsAfterAnErrorUnlessToldNotTo(runOnError: Bool) async {
        struct Failure: Error {}
        await #expect(throws: Failure.self) {
            try await invoke("a", runOnError: runOnError) {
                PostInvoke.run { events.append("closure") }
                throw Failure()
            }
        }
        #expect(events.all == (runOnError ? ["response a", "closure", "done a"] : ["done a", "response a"]))
    }

    @Test func isKnownDeepInTheCallStackAndNowhereElse() async {
        func deep(_ depth: Int) async {
            guard depth > 0 else { return PostInvoke.run { events.append("deep \(PostInvoke.current!.requestID)") } }
            await deep(depth - 1)
        }
        #expect(PostInvoke.current == nil)
        await invoke("a") {
            async let child: Void = deep(10)
            await child
        }
        #expect(PostInvoke.current == nil)
        #expect(events.all == ["response a", "deep a", "done a"])
    }

    @Test func workThatSpillsHoldsTheNextInvocationOpen() async throws {
        let gate = Log<Void>()
        let first = postInvoke.begin(requestID: "a")
        await first.handle {
            PostInvoke.run {
                events.append("begins")
                try await gate.next()
                events.append("ends")
            }
        }
        let stack = Task { await first.responseAccepted() }
        #expect(try await events.next() == "begins")

        await invoke("b") { events.append("handler b") }
        #expect(events.all == ["begins", "handler b", "response b"], "the first one's work goes on")
        gate.append(())
        await stack.value
        #expect(events.all == ["begins", "handler b", "response b", "ends", "done b"])
    }

    @Test func aClosureLeftAfterTheEndRunsAtOnceAndCounts() async throws {
        let gate = Log<Void>()
        let late = postInvoke.begin(requestID: "a")
        await late.handle {}
        await late.responseAccepted()
        late.run {
            events.append("late begins")
            try await gate.next()
        }
        #expect(try await events.next() == "done a")
        #expect(try await events.next() == "late begins")

        await invoke("b") {}
        #expect(events.all == ["done a", "late begins", "response b"])
        gate.append(())
        for expected in ["response b", "done b"] { #expect(try await events.next() == expected) }
    }

    @Test func aClosureLeftBetweenHandlerAndResponseWaitsForTheResponse() async {
        let invocation = postInvoke.begin(requestID: "a")
        await invocation.handle {}
        invocation.run { events.append("closure") }
        events.append("response")
        await invocation.responseAccepted()
        #expect(events.all == ["done a", "response", "closure"])
    }

    @Test func closuresAreCancelledBeforeTheDeadline() async {
        await invoke("a", deadline: PostInvoke.deadlineMargin + .seconds(2)) {
            PostInvoke.run { events.append("first, cancelled: \(Task.isCancelled)") }
            PostInvoke.run {
                #expect(PostInvoke.remainingTime != nil)
                do { try await Task.sleep(for: .seconds(60)) } catch {
                    events.append("second, cancelled: \(Task.isCancelled)")
                    throw error
                }
            }
        }
        #expect(events.all == ["response a", "second, cancelled: true", "first, cancelled: false", "done a"])
    }

    @Test func aClosureMayHaveATimeoutOfItsOwn() async {
        await invoke("a", deadline: .seconds(60)) {
            PostInvoke.run(timeout: .milliseconds(20)) {
                do { try await Task.sleep(for: .seconds(60)) } catch {
                    events.append("cancelled")
                    throw error
                }
            }
        }
        #expect(events.all == ["response a", "cancelled", "done a"])
    }

    @Test func saysHowMuchTimeIsLeft() async {
        #expect(PostInvoke.remainingTime == nil)
        await invoke("a") { #expect(PostInvoke.remainingTime == nil) }
        await invoke("b", deadline: .seconds(500)) {
            #expect(PostInvoke.remainingTime! > .seconds(400) && PostInvoke.remainingTime! <= .seconds(500))
        }
        await invoke("c", deadline: .seconds(-5)) { #expect(PostInvoke.remainingTime == .zero) }
    }

    @Test func runOutsideOfAnInvocationTrapsWithARemedy() async throws {
        let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            PostInvoke.run {}
        }
        let text = String(decoding: result.standardErrorContent, as: UTF8.self)
        #expect(text.contains("PostInvoke.run outside of a wrapped handler"))
    }
}
