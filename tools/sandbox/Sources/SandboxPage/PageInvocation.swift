import Sandbox

/// An invocation as the page shows it; of an event that is tried again, the newest attempt.
final class PageInvocation {
    enum State: String {
        /// Asked for, without a START.
        case waiting
        case running
        /// The caller has its answer, and the function or an extension is at work yet.
        case answered
        case ended
    }

    /// It is counted from 1 in the order in which they were asked for.
    let number: Int
    /// All that its caller said of it, without the event.
    let call: Invocation
    let event: PageText
    let received: Int64
    /// The history's version at its last change.
    var version: UInt64 = 0
    private(set) var state = State.waiting
    private(set) var environment: Int?
    private var attempt = 0
    private var queued: Duration?
    private var responded: Duration?
    private var report: InvocationReport?
    private var memory = 0
    private var failure: Failure?
    private var errorType: String?
    private var response: PageText?
    var log = PageLog()

    init(_ invocation: Invocation, number: Int, at wall: Int64) {
        self.number = number
        event = PageText(invocation.payload)
        var call = invocation
        call.payload = []
        self.call = call
        received = wall
    }

    /// The bytes that it takes, roughly.
    var cost: Int { 1024 + event.bytes.count + (response?.bytes.count ?? 0) + log.cost }

    /// START.
    func begin(in environment: Int, after queued: Duration) {
        self.environment = environment
        self.queued = queued
        attempt += 1
        state = .running
        (responded, report, failure, errorType, response) = (nil, nil, nil, nil, nil)
    }

    /// The caller has its answer, this long after START.
    func answer(_ outcome: Outcome, after: Duration) {
        responded = after
        response = PageText(outcome.body(for: call.id))
        errorType = outcome.errorType
        if case .failure(let failure) = outcome { self.failure = self.failure ?? failure }
        // One without a START has no END.
        if state != .ended { state = state == .running ? .answered : .ended }
    }

    func end(_ report: InvocationReport, memory: Int) {
        self.report = report
        self.memory = memory
        failure = report.failure ?? failure
        state = .ended
    }

    func refuse() {
        failure = .throttled
        state = .ended
    }

    /// One word for how it went, as `--json` has it, and `refused`; nil as long as nobody knows.
    private var status: String? {
        if let failure {
            // One that was refused never began.
            if environment == nil, failure == .throttled || failure.isRefusal { return "refused" }
            return failure.isTimeout ? "timeout" : "failure"
        }
        guard response != nil else { return nil }
        return errorType == nil ? "success" : "error"
    }

    /// The part that the list shows.
    var summary: JSONValue {
        let call: [JSONValue.Field] = [
            ("id", .string(call.id)), ("number", .count(number)), ("version", .integer(Int64(version))),
            ("received", .integer(received)), ("isEvent", .bool(call.isAsynchronous)),
            ("tenant", .string(call.tenantID)),
        ]
        let course: [JSONValue.Field] = [
            ("environment", .count(environment)), ("state", .string(state.rawValue)), ("status", .text(status)),
            ("errorType", .text(failure?.type ?? errorType)), ("attempt", .count(attempt)),
            ("queuedMs", .time(queued)), ("responseMs", .time(responded)),
        ]
        let end: [JSONValue.Field] = [
            ("durationMs", .time(report?.duration)), ("holdMs", .time(report?.hold)),
            ("initMs", .time(report?.initDuration ?? report?.restoreDuration)),
            ("billedMs", .count(report.map { Int($0.billedMilliseconds) })),
            ("memoryMB", .count(report == nil ? nil : memory)),
        ]
        return .object(call + course + end)
    }

    /// The rest, for when it is shown alone.
    var detail: [JSONValue.Field] {
        [
            ("version", .integer(Int64(version))), ("event", event.json), ("response", response?.json ?? .null),
            ("log", log.json),
        ]
    }
}

extension JSONValue {
    /// A number, or null.
    static func count(_ count: Int?) -> JSONValue { count.map { .integer(Int64($0)) } ?? .null }

    /// Milliseconds, or null.
    static func time(_ duration: Duration?) -> JSONValue { duration.map { .milliseconds($0) } ?? .null }
}
