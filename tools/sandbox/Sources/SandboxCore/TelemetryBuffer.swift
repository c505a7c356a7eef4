/// The events that wait to be sent to one subscriber of the Telemetry API, as a value: what goes when, is repeated, or
/// is lost.
///
/// A batch is due when it is full, by events or by bytes, or when its oldest event has waited long enough. One batch is
/// under way at a time; a refused one is repeated after a pause, and given up after ``attemptLimit`` times. While the
/// subscriber does not take anything, more is kept up to ``backlogFactor`` batches, and the newest is lost beyond that.
public struct TelemetryBuffer: Sendable {
    /// The number of times a batch is sent before it is given up.
    public static let attemptLimit = 3
    /// The time between a refused batch and its repetition.
    public static let pause = Duration.milliseconds(100)
    /// The number of batches whose bytes are kept.
    public static let backlogFactor = 4

    /// Events that were not delivered.
    public struct Loss: Equatable, Sendable {
        /// Their number.
        public var records: Int
        /// Their bytes.
        public var bytes: Int

        /// So many events of so many bytes.
        public init(records: Int = 0, bytes: Int = 0) {
            self.records = records
            self.bytes = bytes
        }
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
    public init(_ subscription: TelemetrySubscription) {
        maximumItems = subscription.maximumItems
        maximumBytes = subscription.maximumBytes
        timeout = subscription.timeout
    }

    /// True if nothing waits and nothing is under way.
    public var isEmpty: Bool { waiting.isEmpty && batch.isEmpty }

    /// Takes in an event, or counts it as lost.
    public mutating func append(_ event: [UInt8], at now: Moment) {
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
    public mutating func takeLoss() -> Loss? {
        guard loss.records > 0, batch.isEmpty, !waiting.isEmpty, waitingBytes < Self.backlogFactor * maximumBytes else {
            return nil
        }
        defer { loss = Loss() }
        return loss
    }

    /// The batch that is to be sent now, if one is; ``delivered(at:)`` or ``failed(at:)`` must follow.
    ///
    /// - Parameter isFlushing: whether nothing is to wait for others.
    public mutating func nextBatch(at now: Moment, isFlushing: Bool = false) -> [[UInt8]]? {
        if !batch.isEmpty {
            guard let repeatAt, repeatAt <= now else { return nil }
            self.repeatAt = nil
            attempts += 1
            return batch
        }
        guard !waiting.isEmpty, isFlushing || isFull || due! <= now else { return nil }
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
    public mutating func delivered(at now: Moment) {
        batch = []
        repeatAt = nil
    }

    /// The subscriber did not take the batch.
    public mutating func failed(at now: Moment) {
        if attempts < Self.attemptLimit {
            repeatAt = now + Self.pause
        } else {
            loss.records += batch.count
            loss.bytes += batch.reduce(0) { $0 + $1.count }
            batch = []
        }
    }

    /// When ``nextBatch(at:isFlushing:)`` has something although nothing else happens; nil for never.
    public var nextDeadline: Moment? { batch.isEmpty ? due : repeatAt }

    private var isFull: Bool { waiting.count >= maximumItems || waitingBytes >= maximumBytes }
}
