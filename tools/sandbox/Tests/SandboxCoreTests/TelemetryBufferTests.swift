@testable import SandboxCore
import Testing

/// Tests what goes when, what is repeated and what is lost, on a clock that is moved by hand.
@Suite struct TelemetryBufferTests {
    private var buffer = TelemetryBuffer(
        TelemetrySubscription(
            to: .http(port: 1), maximumItems: 1_000, maximumBytes: 262_144, timeout: .milliseconds(100)))
    private var now = Moment.zero

    private mutating func append(_ count: Int = 1, bytes: Int = 10) {
        for _ in 0..<count { buffer.append(Array(repeating: 0x78, count: bytes), at: now) }
    }

    private mutating func pass(_ milliseconds: Int) { now = now + .milliseconds(milliseconds) }

    private mutating func batch(flushing: Bool = false) -> Int? {
        if flushing { buffer.flush(at: now) }
        return buffer.nextBatch(at: now)?.count
    }

    @Test mutating func theOldestSetsTheTime() {
        #expect(buffer.nextDeadline == nil)
        append()
        pass(60)
        append()
        #expect(buffer.nextDeadline == Moment.zero + .milliseconds(100))
        #expect(batch() == nil)
        pass(40)
        #expect(batch() == 2)
        #expect(buffer.nextDeadline == nil)
        buffer.delivered(at: now)
        #expect(buffer.isEmpty)
    }

    @Test mutating func aFullBatchGoesAtOnce() {
        append(999)
        #expect(batch() == nil)
        append(2)
        #expect(batch() == 1_000)
        // The one that was left does not go while the batch is under way, and waits no longer than it would have.
        #expect(batch() == nil)
        buffer.delivered(at: now)
        #expect(batch() == nil)
        pass(100)
        #expect(batch() == 1)
    }

    @Test mutating func bytesFillABatchToo() {
        append(2, bytes: 100_000)
        #expect(batch() == nil)
        append(bytes: 100_000)
        #expect(batch() == 2)
    }

    @Test mutating func anEventThatIsTooLargeGoesAlone() {
        append(bytes: 2_000_000)
        append()
        #expect(batch() == 1)
    }

    @Test mutating func flushingWaitsForNobody() {
        append(3)
        #expect(batch(flushing: true) == 3)
        // Whatever comes later does wait.
        buffer.delivered(at: now)
        append()
        #expect(batch() == nil)
    }

    @Test mutating func aRefusedBatchIsRepeatedThenLost() {
        append(3)
        #expect(batch(flushing: true) == 3)
        for _ in 1..<TelemetryBuffer.attemptLimit {
            buffer.failed(at: now)
            #expect(batch(flushing: true) == nil)
            #expect(buffer.nextDeadline == now + TelemetryBuffer.pause)
            pass(100)
            #expect(buffer.takeLoss() == nil)
            #expect(batch() == 3)
        }
        buffer.failed(at: now)
        #expect(buffer.isEmpty)
        #expect(buffer.takeLoss() == nil)
        append()
        #expect(buffer.takeLoss() == TelemetryBuffer.Loss(records: 3, bytes: 30))
        #expect(buffer.takeLoss() == nil)
    }

    @Test mutating func whatNobodyTakesIsLostInTheEnd() {
        append()
        #expect(batch(flushing: true) == 1)
        let fitting = TelemetryBuffer.backlogFactor * 262_144 / 131_072
        append(fitting + 5, bytes: 131_072)
        buffer.delivered(at: now)
        #expect(buffer.takeLoss() == nil)
        #expect(batch() == 2)
        buffer.delivered(at: now)
        #expect(buffer.takeLoss()?.records == 5)
        var count = 2
        while let next = batch(flushing: true) {
            count += next
            buffer.delivered(at: now)
        }
        #expect(count == fitting)
    }
}
