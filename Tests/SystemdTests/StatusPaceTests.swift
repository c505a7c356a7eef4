import Systemd
import Testing

@Suite struct StatusPaceTests {
    private func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

    @Test func oneAnIntervalAndTheLastOneAlways() {
        var pace = StatusPace(interval: .milliseconds(100))
        #expect(pace.changed(at: at(0)) == .tell)
        #expect(pace.changed(at: at(1)) == .wait(until: at(100)))
        #expect(pace.changed(at: at(2)) == .nothing)
        #expect(pace.changed(at: at(99)) == .nothing)
        pace.waitIsOver(at: at(100))
        #expect(pace.changed(at: at(150)) == .wait(until: at(200)))
        pace.waitIsOver(at: at(200))
        #expect(pace.changed(at: at(300)) == .tell)
        #expect(pace.changed(at: at(1_000)) == .tell)
    }
}
