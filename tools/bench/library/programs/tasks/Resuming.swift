import Reactor
import Timing

/// Two tasks that wait for each other in turn: each suspends, and resumes the other.
enum Resuming {
    // Both tasks run on the loop's thread.
    private final class Baton: @unchecked Sendable {
        private var waiting: UnsafeContinuation<Void, Never>?

        nonisolated(nonsending) func pass() async {
            await withUnsafeContinuation { continuation in
                let other = waiting
                waiting = continuation
                other?.resume()
            }
        }

        func end() { waiting?.resume() }
    }

    /// Of one resumption, from the call to the resumed task's next suspension.
    static func nanoseconds(on loop: EventLoop) -> Double {
        let times = 20_000
        return Timing.nanoseconds(each: times) {
            loop.run {
                let baton = Baton()
                let other = Task(executorPreference: loop) { for _ in 0..<times / 2 { await baton.pass() } }
                for _ in 0..<times / 2 { await baton.pass() }
                baton.end()
                await other.value
            }
        }
    }
}
