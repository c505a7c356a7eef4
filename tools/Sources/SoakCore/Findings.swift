/// Everything that is known of a run, for its report.
public struct Findings: Sendable {
    /// What was to happen.
    public var plan: Plan
    /// Invocations that were to be made.
    public var planned: Int
    /// The closures' books.
    public var ledger = Ledger()
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
    /// START until the caller has the response, where the handler takes no time of its own.
    public var responses: Latencies
    /// The last closure's end until END.
    public var endings: Latencies
    /// What each process has in use, by its name: `function`, `extension`, `sandbox`.
    public var usage: [String: Usage] = [:]
    /// How long the run took, in seconds.
    public var seconds = 0.0
    /// Whether it was stopped before its end.
    public var isInterrupted = false

    /// A run that has not begun.
    public init(plan: Plan, planned: Int) {
        self.plan = plan
        self.planned = planned
        responses = Latencies(parts: Self.parts)
        endings = Latencies(parts: Self.parts)
    }

    /// How many parts the times are shown in.
    public static let parts = 100
    /// The processes, in the order in which they are shown.
    public static let processes = ["extension", "function", "sandbox"]

    /// The invocations a second.
    public var rate: Double { seconds > 0 ? Double(ended) / seconds : 0 }
    /// Whether no process uses more and more; what was looked at too seldom is not judged.
    public var isFlat: Bool {
        usage.values.allSatisfy { $0.memory?.isFlat ?? true }
            && usage.values.allSatisfy { $0.descriptors?.isFlat ?? true }
    }
    /// Whether everything is accounted for.
    public var isGood: Bool { ledger.isBalanced && ledger.openCount == 0 && isFlat }

    /// The present state as progress.
    public func progress(seconds: Double) -> Progress {
        Progress(
            done: ended, total: planned, seconds: seconds, kills: kills.values.reduce(0, +),
            lost: ledger.totals.lost.values.reduce(0, +), faults: ledger.faultCount)
    }
}
