import Charts

/// Everything that is known of a run, for its report.
public struct Findings: Sendable {
    /// The plan of the run.
    public var plan: Plan
    /// Invocations that were to be made.
    public var planned: Int
    /// The closures' books.
    public var ledger: Ledger
    /// Invocations that have ended.
    public var ended = 0
    /// Answers of the function, errors that it was to report included.
    public var answered = 0
    /// Of these, the errors.
    public var errors = 0
    /// Invocations whose caller had no answer of the function, by cause.
    public var unanswered: [Cause: Int] = [:]
    /// Invocations that failed behind their answer, by cause.
    public var failedBehindAnswer: [Cause: Int] = [:]
    /// Kills by what they met.
    public var kills: [Cause: Int] = [:]
    /// Kills whose victim was not there when they came.
    public var missedKills = 0
    /// Times that a process was stopped and let go on.
    public var stalls = 0
    /// Starts of the environment.
    public var starts = 0
    /// Shutdown closures that ran.
    public var shutdownClosures = 0
    /// Times that everything was frozen.
    public var freezes = 0
    /// Ends of holds by their reason, as the extension says.
    public var releases: [String: Int] = [:]
    /// Invocations under way; on Managed Instances alone.
    public var underWay: Int?
    /// The most that were under way at the same time.
    public var mostUnderWay = 0
    /// From the first START to the last END, in seconds, starts of further environments included; on Managed Instances alone.
    public var servingSeconds = 0.0
    /// START until the caller has the response, where the handler takes no time of its own.
    public var responses: Latencies
    /// On demand the last closure's end until END; on Managed Instances, where END is the response, that until the last closure's
    /// end.
    public var endings: Latencies
    /// The resources each process uses, by its name: `function`, `extension`, `sandbox`.
    public var usage: [String: Usage] = [:]
    /// The duration of the run, in seconds.
    public var seconds = 0.0
    /// The signal that was to end it early, if one came.
    public var stopSignal: StopSignal?

    /// A run that has not begun.
    public init(plan: Plan, planned: Int) {
        self.plan = plan
        self.planned = planned
        ledger = Ledger(isConcurrent: plan.concurrency != nil)
        responses = Latencies(parts: Self.parts)
        endings = Latencies(parts: Self.parts)
    }

    /// The number of parts the times are shown in.
    public static let parts = 100
    /// The processes, in the order in which they are shown.
    public static let processes = ["extension", "function", "sandbox"]

    /// True if many events are handled at a time.
    var isConcurrent: Bool { plan.concurrency != nil }
    /// The invocations a second.
    public var rate: Double { seconds > 0 ? Double(ended) / seconds : 0 }
    /// The invocations a second from the first START to the last END.
    public var throughput: Double { servingSeconds > 0 ? Double(ended) / servingSeconds : 0 }
    /// True if no process uses more and more; one that was looked at too seldom is not judged.
    public var isFlat: Bool {
        usage.values.allSatisfy { ($0.memory?.isFlat ?? true) && ($0.descriptors?.isFlat ?? true) }
    }
    /// True if it ended before all invocations were made.
    public var isInterrupted: Bool { ended < planned }
    /// True if everything that ran is accounted for.
    public var isGood: Bool {
        ledger.isBalanced && ledger.openCount == 0 && isFlat && (!isInterrupted || stopSignal != nil)
    }
    /// 0 for a run that did all that it was to do, and is accounted for; 1 for what is not accounted for; otherwise what
    /// ran is, and a signal came before the end: 128 and its number.
    public var exitCode: Int32 {
        guard isGood else { return 1 }
        return isInterrupted ? stopSignal?.exitCode ?? 1 : 0
    }
    /// Where it was stopped: `interrupted after 1,234 of 20,000 invocations by SIGTERM`; nil for one that came to its end.
    public var interruption: String? {
        guard isInterrupted else { return nil }
        return "interrupted after \(ended.grouped) of \(planned.grouped) invocations by "
            + (stopSignal?.name ?? "nobody")
    }

    /// The present state as progress.
    public func progress(seconds: Double) -> Progress {
        Progress(
            done: ended, total: planned, seconds: seconds, underWay: underWay, kills: kills.values.reduce(0, +),
            lost: ledger.totals.lost.values.reduce(0, +), faults: ledger.faultCount)
    }
}
