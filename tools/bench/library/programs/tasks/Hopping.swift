import Reactor
import Timing

/// A task on the loop calls an actor that lives there, too.
enum Hopping {
    private actor Counter {
        let loop: EventLoop
        var count = 0
        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

        init(on loop: EventLoop) { self.loop = loop }

        func increment() { count += 1 }
    }

    /// Of one call, there and back.
    static func nanoseconds(on loop: EventLoop) -> Double {
        let times = 20_000
        return Timing.nanoseconds(each: times) {
            loop.run {
                let counter = Counter(on: loop)
                for _ in 0..<times { await counter.increment() }
                guard await counter.count == times else { fail("calls were lost") }
            }
        }
    }
}
