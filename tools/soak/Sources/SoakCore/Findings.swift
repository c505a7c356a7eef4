import Charts

/// Everything that is known of a run, for its report.
package struct Findings: Sendable {
    package var plan: Plan
    /// Invocations that were to be made.
    package var planned: Int
    package var ledger: Ledger
    /// Invocations that have ended.
    package var ended = 0
    /// Answers of the function, errors that it was to report included.
    package var answered = 0
    /// Of these, the errors.
    package var errors = 0
    /// Invocations whose caller had no answer of the function, by cause.
    package var unanswered: [Cause: Int] = [:]
    /// Invocations that failed behind their answer, by cause.
    package var failedBehindAnswer: [Cause: Int] = [:]
    /// Kills by what they met.
    package var kills: [Cause: Int] = [:]
    /// Kills whose victim was not there when they came.
    package var missedKills = 0
    /// Times that a process was stopped and let go on.
    package var stalls = 0
    /// Starts of the environment.
    package var starts = 0
    /// Shutdown closures that ran.
    package var shutdownClosures = 0
    /// Times that everything was frozen.
    package var freezes = 0
    /// Ends of holds by their reason, as the extension says.
    package var releases: [String: Int] = [:]
    /// Invocations under way; on Managed Instances alone.
    package var underWay: Int?
    /// The most that were under way at the same time.
    package var mostUnderWay = 0
    /// From the first START to the last END, in seconds, starts of further environments included; on Managed Instances alone.
    package var servingSeconds = 0.0
    /// START until the caller has the response, where the handler takes no time of its own.
    package var responses: Latencies
    /// On demand the last closure's end until END; on Managed Instances, where END is the response, that until the last closure's
    /// end.
    package var endings: Latencies
    /// The resources each process uses, by its name: `function`, `extension`, `sandbox`.
    package var usage: [String: Usage] = [:]
    /// The duration of the run, in seconds.
    package var seconds = 0.0
    /// The signal that was to end it early, if one came.
    package var stopSignal: StopSignal?

    /// A run that has not begun.
    package init(plan: Plan, planned: Int) {
        self.plan = plan
        self.planned = planned
        ledger = Ledger(isConcurrent: plan.concurrency != nil)
        responses = Latencies(parts: Self.parts)
        endings = Latencies(parts: Self.parts)
    }

    /// The number of parts the times are shown in.
    package static let parts = 100
    /// The processes, in the order in which they are shown.
    package static let processes = ["extension", "function", "sandbox"]

    /// True if many events are handled at a time.
    var isConcurrent: Bool { plan.concurrency != nil }
    /// The invocations a second.
    package var rate: Double { seconds > 0 ? Double(ended) / seconds : 0 }
    /// The invocations a second from the first START to the last END.
    package var throughput: Double { servingSeconds > 0 ? Double(ended) / servingSeconds : 0 }
    /// True if no process uses more and more; one that was looked at too seldom is not judged.
    package var isFlat: Bool {
        usage.values.allSatisfy { ($0.memory?.isFlat ?? true) && ($0.descriptors?.isFlat ?? true) }
    }
    /// True if it ended before all invocations were made.
    package var isInterrupted: Bool { ended < planned }
    /// True if everything that ran is accounted for.
    package var isGood: Bool {
        ledger.isBalanced && ledger.openCount == 0 && isFlat && (!isInterrupted || stopSignal != nil)
    }
    /// 0 for a run that did all that it was to do, and is accounted for; 1 for what is not accounted for; otherwise what
    /// ran is, and a signal came before the end: 128 and its number.
    package var exitCode: Int32 {
        guard isGood else { return 1 }
        return isInterrupted ? stopSignal?.exitCode ?? 1 : 0
    }
    /// Where it was stopped: `interrupted after 1,234 of 20,000 invocations by SIGTERM`; nil for one that came to its end.
    package var interruption: String? {
        guard isInterrupted else { return nil }
        return "interrupted after \(ended.grouped) of \(planned.grouped) invocations by "
            + (stopSignal?.name ?? "nobody")
    }

    /// The present state as progress.
    package func progress(seconds: Double) -> Progress {
        Progress(
            done: ended, total: planned, seconds: seconds, underWay: underWay, kills: kills.values.reduce(0, +),
            lost: ledger.totals.lost.values.reduce(0, +), faults: ledger.faultCount)
    }
}
