import Reactor
import Timing

/// Sleeps whose deadline has passed already, so that each costs a round of the loop and no time but that.
enum Sleeping {
    private static let times = 5_000

    static func nanoseconds(on loop: EventLoop) throws -> Double {
        try Timing.nanoseconds(each: times) {
            try loop.run { () async throws(CancellationError) in
                for _ in 0..<times { try await loop.sleep(until: loop.now) }
            }
        }
    }

    /// The same of a timer that its handler arms again.
    static func nanosecondsOfTimer(on loop: EventLoop) throws -> Double {
        var left = times
        var timer: EventLoop.Timer?
        timer = loop.makeTimer {
            left -= 1
            if left > 0 { timer?.arm(at: loop.now) } else { loop.stop() }
        }
        defer { timer = nil }
        return try Timing.nanoseconds(each: times) {
            timer?.arm(at: loop.now)
            try loop.run()
        }
    }
}
