/// The events that wait to be sent to one subscriber of the Telemetry API, as a value: what goes when, is repeated, or
/// is lost.
///
/// A batch is due when it is full, by events or by bytes, or when its oldest event has waited long enough. One batch is
/// under way at a time; a refused one is repeated after a pause, and given up after ``attemptLimit`` times. While the
/// subscriber does not take anything, more is kept up to ``backlogFactor`` batches, and the newest is lost beyond that.
package struct TelemetryBuffer: Sendable {
    /// The number of times a batch is sent before it is given up.
    package static let attemptLimit = 3
    /// The time between a refused batch and its repetition.
    package static let pause = Duration.milliseconds(100)
    /// The number of batches whose bytes are kept.
    package static let backlogFactor = 4

    /// Events that were not delivered.
    package struct Loss: Equatable, Sendable {
        package var records = 0
        package var bytes = 0
    }

    private let maximumItems: Int
    private let maximumBytes: Int
    private let timeout: Duration
    /// Complete events, the oldest first.
    private var waiting: [[UInt8]] = []
    private var waitingBytes = 0
    /// When the oldest event has waited long enough.
    private var due: Moment?
    /// The events under way, or to be repeated.
    private var batch: [[UInt8]] = []
    private var attempts = 0
    private var repeatAt: Moment?
    private var loss = Loss()

    /// An empty buffer with a subscription's limits.
    package init(_ subscription: TelemetrySubscription) {
        maximumItems = subscription.maximumItems
        maximumBytes = subscription.maximumBytes
        timeout = subscription.timeout
    }

    /// True if nothing waits and nothing is under way.
    package var isEmpty: Bool { waiting.isEmpty && batch.isEmpty }

    /// Takes in an event, or counts it as lost.
    package mutating func append(_ event: [UInt8], at now: Moment) {
        guard waitingBytes + event.count <= Self.backlogFactor * maximumBytes || waiting.isEmpty else {
            loss.records += 1
            loss.bytes += event.count
            return
        }
        if waiting.isEmpty { due = now + timeout }
        waiting.append(event)
        waitingBytes += event.count
    }

    /// The loss since this was last asked for; nil for none, or while there is no space to report it.
    ///
    /// It goes only together with other events: otherwise a subscriber that has gone would cause one such report after
    /// another.
    package mutating func takeLoss() -> Loss? {
        guard loss.records > 0, batch.isEmpty, !waiting.isEmpty, waitingBytes < Self.backlogFactor * maximumBytes else {
            return nil
        }
        defer { loss = Loss() }
        return loss
    }

    /// Has the events that wait go without waiting for later ones.
    package mutating func flush(at now: Moment) { if !waiting.isEmpty { due = now } }

    /// The batch that is to be sent now, if one is; ``delivered(at:)`` or ``failed(at:)`` must follow.
    package mutating func nextBatch(at now: Moment) -> [[UInt8]]? {
        if !batch.isEmpty {
            guard let repeatAt, repeatAt <= now else { return nil }
            self.repeatAt = nil
            attempts += 1
            return batch
        }
        guard !waiting.isEmpty, isFull || due! <= now else { return nil }
        var count = 0
        var bytes = 0
        while count < min(waiting.count, maximumItems), count == 0 || bytes + waiting[count].count <= maximumBytes {
            bytes += waiting[count].count
            count += 1
        }
        batch = Array(waiting[..<count])
        waiting.removeFirst(count)
        waitingBytes -= bytes
        // The events that did not fit have waited as long as the first of this batch, or less: they do not wait anew.
        if waiting.isEmpty { due = nil }
        attempts = 1
        return batch
    }

    /// The subscriber took the batch.
    package mutating func delivered(at now: Moment) {
        batch = []
        repeatAt = nil
    }

    /// The subscriber did not take the batch.
    package mutating func failed(at now: Moment) {
        if attempts < Self.attemptLimit {
            repeatAt = now + Self.pause
        } else {
            loss.records += batch.count
            loss.bytes += batch.reduce(0) { $0 + $1.count }
            batch = []
        }
    }

    /// When ``nextBatch(at:)`` has something although nothing else happens; nil for never.
    package var nextDeadline: Moment? { batch.isEmpty ? due : repeatAt }

    private var isFull: Bool { waiting.count >= maximumItems || waitingBytes >= maximumBytes }
}
