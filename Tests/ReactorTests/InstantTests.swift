import Reactor
import Testing

@Suite struct InstantTests {
    @Test func neverGoesBack() {
        var last = Instant.now
        for _ in 0..<1_000 {
            let now = Instant.now
            #expect(now >= last)
            last = now
        }
    }

    @Test(
        arguments: [
            (0, .zero, 0), (5, .nanoseconds(7), 12), (5, .seconds(2), 2_000_000_005), (5, .nanoseconds(-7), -2),
            (0, .milliseconds(-3), -3_000_000), (1, .nanoseconds(Int64.max), .max), (.max, .seconds(1), .max),
            (0, .seconds(Int64.max), .max), (7, .seconds(Int64.min), .min + 7), (-7, .seconds(Int64.min), .min),
            (0, Duration(secondsComponent: 0, attosecondsComponent: 1_999_999_999), 1),
        ] as [(Int64, Duration, Int64)])
    func addsWithinItsRange(start: Int64, duration: Duration, sum: Int64) {
        #expect(Instant(nanoseconds: start) + duration == Instant(nanoseconds: sum))
    }

    @Test func subtracts() {
        let start = Instant.now
        #expect(start + .milliseconds(1_500) - start == .milliseconds(1_500))
        #expect(start - (start + .seconds(3)) == .seconds(-3))
    }

    @Test func nothingIsLaterThanTheDistantFuture() {
        #expect(Instant.now < .distantFuture)
        #expect(Instant.distantFuture + .seconds(1) == .distantFuture)
    }

    @Test func theWallClockIsInThisCentury() {
        let year2020: Int64 = 1_577_836_800_000
        #expect(WallClock.milliseconds > year2020)
        let before = WallClock.milliseconds
        let between = WallClock.nanoseconds / 1_000_000
        #expect(abs(between - before) < 60_000)
    }
}
