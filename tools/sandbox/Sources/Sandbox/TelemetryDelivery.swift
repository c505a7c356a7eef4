/// Sends one subscriber its telemetry in batches, one after another.
final class TelemetryDelivery {
    /// The extension's name.
    let name: String
    /// The time the subscriber may take for its answer while it is awake.
    private static let patience = Duration.seconds(5)
    private let loop: EventLoop
    private let subscription: TelemetrySubscription
    private var buffer: TelemetryBuffer
    private let carrier: any TelemetryCarrier
    private var timer: EventLoop.Timer!
    /// Counts the batches sent, so that an answer which comes too late is known.
    private var number = 0
    private var isUnderWay = false
    private var isAsleep = false

    init(_ subscription: TelemetrySubscription, for name: String, on loop: EventLoop) {
        self.name = name
        self.loop = loop
        self.subscription = subscription
        buffer = TelemetryBuffer(subscription)
        carrier = subscription.destination.carrier(on: loop)
        timer = loop.makeTimer { [unowned self] in isUnderWay ? giveUp() : goOn() }
    }

    // An armed timer is held by its loop.
    deinit { timer.cancel() }

    /// Takes in an event, if it was asked for.
    func take(_ event: TelemetryEvent) {
        guard subscription.types.contains(event.type) else { return }
        buffer.append(event.json(for: subscription.schema), at: now)
        goOn()
    }

    /// The subscriber is frozen: nothing more is sent, and what was sent is not waited for in vain.
    func sleep() {
        isAsleep = true
        timer.cancel()
    }

    /// The subscriber goes on.
    func wake() {
        isAsleep = false
        if isUnderWay { timer.arm(after: Self.patience) } else { goOn() }
    }

    /// Has what there is wait for no more: the end is near.
    ///
    /// Later events wait as ever. A subscriber that writes a line for each batch causes an event by it, and would be sent one
    /// batch after another.
    func flush() {
        buffer.flush(at: now)
        goOn()
    }

    private var now: Moment { Moment(nanoseconds: Instant.now.nanoseconds) }

    /// Sends what is due, or waits until something is.
    private func goOn() {
        guard !isAsleep, !isUnderWay else { return }
        if let loss = buffer.takeLoss() { buffer.append(Self.dropped(loss).json(for: subscription.schema), at: now) }
        if let batch = buffer.nextBatch(at: now) { return send(batch) }
        guard let deadline = buffer.nextDeadline else { return timer.cancel() }
        timer.arm(at: Instant(nanoseconds: deadline.nanoseconds))
    }

    private func send(_ batch: [[UInt8]]) {
        isUnderWay = true
        number += 1
        timer.arm(after: Self.patience)
        carrier.send(batch) { [weak self, number] arrived in
            guard let self, number == self.number, isUnderWay else { return }
            finish(delivered: arrived)
        }
    }

    /// The subscriber has not answered in time: its connection is ended, so that a late answer is not taken for another's.
    private func giveUp() {
        carrier.close()
        finish(delivered: false)
    }

    private func finish(delivered: Bool) {
        isUnderWay = false
        timer.cancel()
        if delivered { buffer.delivered(at: now) } else { buffer.failed(at: now) }
        goOn()
    }

    private static func dropped(_ loss: TelemetryBuffer.Loss) -> TelemetryEvent {
        TelemetryEvent(
            "platform.logsDropped", at: WallClock.milliseconds,
            .object([
                ("droppedBytes", .integer(Int64(loss.bytes))), ("droppedRecords", .integer(Int64(loss.records))),
                (
                    "reason",
                    .string("Consumer seems to have fallen behind as it has not acknowledged receipt of logs.")
                ),
            ]))
    }
}
