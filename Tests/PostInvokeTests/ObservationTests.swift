import PostInvoke
import ServiceFakes
import Testing

@Suite struct ObservationTests {
    private struct Failure: Error {}

    private let events = Log<String>()
    private let postInvoke: PostInvoke

    init() {
        let events = events
        postInvoke = PostInvoke(ledger: HoldLedger { events.append("done \($0)") })
    }

    /// Writes down what is observed, under a name of the observer's.
    private func observe(as name: String, _ postInvoke: PostInvoke) {
        let events = events
        postInvoke.observe { observation in
            switch observation {
            case .closureEnded(let end):
                #expect(end.duration > .zero && "\(end.file)" == #fileID)
                let place = PostInvoke.current.map { "within \($0.requestID), tenant \($0.tenantID ?? "none")" }
                events.append("\(name): \(outcome(end)) of \(end.requestID) \(place ?? "outside")")
            case .holdEnded(let end):
                #expect(end.duration > .zero)
                events.append("\(name): hold of \(end.requestID)")
            }
        }
    }

    private func outcome(_ end: PostInvoke.ClosureEnd) -> String {
        switch end.outcome {
        case .returned: "return"
        case .threw(let error): "\(error)"
        case .cancelled: "cancellation"
        }
    }

    private func invoke(_ requestID: String, _ postInvoke: PostInvoke, _ handler: () -> Void) async {
        let invocation = postInvoke.begin(requestID: requestID, tenantID: "blue")
        await invocation.handle(handler)
        await invocation.responseAccepted()
    }

    @Test func eachEndIsToldBeforeTheRelease() async {
        observe(as: "o", postInvoke)
        await invoke("a", postInvoke) {
            PostInvoke.run { throw Failure() }
            PostInvoke.run(timeout: .milliseconds(1)) { try await Task.sleep(for: .seconds(900)) }
            PostInvoke.run {}
        }
        await invoke("b", postInvoke) {}
        #expect(
            events.all == [
                "o: return of a within a, tenant blue", "o: cancellation of a within a, tenant blue",
                "o: Failure() of a within a, tenant blue", "o: hold of a", "done a", "o: hold of b", "done b",
            ])
    }

    @Test func severalObserversAreCalledInTheirOrder() async {
        observe(as: "first", postInvoke)
        observe(as: "second", postInvoke)
        await invoke("a", postInvoke) {}
        #expect(events.all == ["first: hold of a", "second: hold of a", "done a"])
    }

    @Test func anInvocationThatHasBegunIsNotObserved() async {
        let early = postInvoke.begin(requestID: "a")
        observe(as: "o", postInvoke)
        await early.handle { PostInvoke.run {} }
        await early.responseAccepted()
        #expect(events.all == ["done a"])
    }

    @Test func noHoldEndsWhereNothingIsHeld() async throws {
        let local = PostInvoke(ledger: HoldLedger(), mode: .managed)
        observe(as: "o", local)
        await invoke("a", local) { PostInvoke.run {} }
        #expect(events.all == ["o: return of a within a, tenant blue"])
    }

    /// A closure that an observer leaves needs the locks that would be held if it were called under one.
    @Test func anObserverMayDoWhatAClosureMay() async {
        let events = events
        let isDone = Log<Void>()
        postInvoke.observe { [postInvoke] observation in
            postInvoke.observe { _ in }
            guard case .closureEnded = observation, isDone.all.isEmpty else { return }
            isDone.append(())
            PostInvoke.run { events.append("left by the observer") }
        }
        await invoke("a", postInvoke) { PostInvoke.run { events.append("closure") } }
        #expect(events.all == ["closure", "left by the observer", "done a"])
    }

    @Test func closuresOfOneInvocationWaitForNoOthers() async throws {
        let (events, gate) = (events, Log<Void>())
        let slow = postInvoke.begin(requestID: "slow")
        await slow.handle { PostInvoke.run { try await gate.next() } }
        let end = Task { await slow.responseAccepted() }
        for number in 0..<100 {
            await invoke("quick-\(number)", postInvoke) { PostInvoke.run { events.append("closure \(number)") } }
        }
        #expect(events.all == (0..<100).map { "closure \($0)" }, "the ledger waits for the slow one, closures do not")
        gate.append(())
        await end.value
        #expect(events.all.last == "done quick-99")
    }
}
