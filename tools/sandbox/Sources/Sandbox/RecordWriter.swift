/// Writes one JSON object a line for what a program may want to know of an environment: `init`, `invocation`, `stop`.
///
/// Each has `environment`, a number from 1 in the order of the starts, and an `init` has `logStream`, the name that CloudWatch
/// would know the environment by, and `place`, what `{environment}` stands for in its variables.
///
/// An `invocation` has `requestId`, `status` (`success`, `error` for the function's own, `timeout`, `failure`), `errorType`,
/// `cold`, `initUs`, `queuedUs` (asked for until START), and since START: `responseUs` (the caller has its answer),
/// `functionDoneUs` and `extensionsDoneUs` (next was asked for), `durationUs` (END); then `holdUs` (response to END),
/// `postRuntimeExtensionsUs`, `billedMs`, `maxMemoryMB`, `responseBytes` and `response`. An `init` has `phase` (`init`, or
/// `invoke` after a reset), `status`, `errorType`, `durationUs` and `extensions`. A `stop` has `kind` (`reset`, `shutdown`),
/// `reason`, `clean`, `durationUs`, and the names of the `killed` and the `failed`. A `throttle`, which
/// ``RecordFile/writeThrottle(_:)`` writes, is of no environment: its `requestId` was refused. What does not apply is null, or left out
/// of an `invocation` that never had a START, as those have that no worker was idle for. Durations are whole microseconds,
/// `...Us`.
package final class RecordWriter: Observer {
    /// The number of bytes of a response that are put into its record.
    package static let responseLimit = 65_536

    private let file: RecordFile
    private let environment: Int
    private let place: Int
    private let logStream: String
    /// The partial knowledge of invocations that are not complete yet.
    private var answers: [String: (outcome: Outcome, after: Duration)] = [:]
    private var reports: [String: (report: InvocationReport, memory: Int)] = [:]
    /// Those that have a START.
    private var begun: Set<String> = []

    /// True on Managed Instances, where nobody pays by the invocation.
    private let isManaged: Bool

    /// Writes what there is to say of an environment.
    package init(_ file: RecordFile, of sandbox: Sandbox) {
        self.file = file
        environment = sandbox.number
        place = sandbox.place
        logStream = sandbox.logStream
        isManaged = sandbox.settings.kind == .managedInstances
    }

    /// Writes the records that something completes.
    package func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {
        switch happening {
        case .answered(let id, let outcome, let after):
            answers[id] = (outcome, after)
            if case .failure(let failure) = outcome, !failure.isInterruption, !begun.contains(id) {
                writeUnstarted(id)
            } else {
                writeInvocation(id)
            }
        case .note(.invocationStarted(let id, _, _)): begun.insert(id)
        case .note(.invocationEnded(let report)):
            reports[report.id] = (report, memory)
            writeInvocation(report.id)
        case .note(.initEnded(let report)): write(report)
        case .note(.restoreEnded(let report)): write(report)
        case .note(.stopped(let report)):
            write(report)
            // Those that were never begun have an answer and no report.
            for id in answers.keys.sorted() { writeUnstarted(id) }
        case .note, .output, .platform: break
        }
    }

    private func writeInvocation(_ id: String) {
        guard let answer = answers[id], let (report, memory) = reports[id] else { return }
        answers[id] = nil
        reports[id] = nil
        begun.remove(id)
        let body = answer.outcome.body(for: id)
        body.withByteView { body in
            write([
                ("record", .string("invocation")),
                ("requestId", .string(id)),
                ("status", .string(Self.status(answer.outcome, report.failure))),
                ("errorType", .text(report.failure?.type ?? answer.outcome.errorType)),
                ("cold", .bool(report.isCold)),
                ("initUs", .microseconds(report.initDuration)),
                ("restoreUs", .microseconds(report.restoreDuration)),
                ("queuedUs", .microseconds(report.started - report.received)),
                ("responseUs", .microseconds(answer.after)),
                ("durationUs", .microseconds(report.duration)),
                ("billedMs", isManaged ? .null : .integer(report.billedMilliseconds)),
                ("holdUs", .microseconds(report.hold)),
                ("functionDoneUs", .microseconds(report.functionDone.map { $0 - report.started })),
                ("extensionsDoneUs", .microseconds(report.extensionsDone.map { $0 - report.started })),
                ("postRuntimeExtensionsUs", .microseconds(report.postRuntimeExtensions)),
                ("maxMemoryMB", .integer(Int64(memory))),
                ("responseBytes", .integer(Int64(body.count))),
                ("response", .bytes(body[0..<min(body.count, Self.responseLimit)])),
            ])
        }
    }

    private func writeUnstarted(_ id: String) {
        guard reports[id] == nil, let answer = answers.removeValue(forKey: id) else { return }
        write([
            ("record", .string("invocation")),
            ("requestId", .string(id)),
            ("status", .string("failure")),
            ("errorType", .text(answer.outcome.errorType)),
            ("response", .string(String(decoding: answer.outcome.body(for: id), as: UTF8.self))),
        ])
    }

    private func write(_ report: InitReport) {
        write([
            ("record", .string("init")),
            ("phase", .string(report.phase.rawValue)),
            ("status", .string(Self.status(report.failure) ?? "success")),
            ("errorType", .text(report.failure?.type)),
            ("durationUs", .microseconds(report.duration)),
            ("logStream", .string(logStream)),
            ("place", .integer(Int64(place))),
            (
                "extensions",
                .array(
                    report.extensions.map {
                        .object([("name", .string($0.name)), ("events", .strings($0.events.names))])
                    })
            ),
        ])
    }

    private func write(_ report: RestoreReport) {
        write([
            ("record", .string("restore")),
            ("status", .string(Self.status(report.failure) ?? "success")),
            ("errorType", .text(report.failure?.type)),
            ("durationUs", .microseconds(report.duration)),
        ])
    }

    private func write(_ report: StopReport) {
        write([
            ("record", .string("stop")),
            ("kind", .string(report.isReset ? "reset" : "shutdown")),
            ("reason", .string(report.reason.rawValue)),
            ("clean", .bool(report.isClean)),
            ("durationUs", .microseconds(report.duration)),
            ("killed", .strings(report.killed)),
            ("failed", .strings(report.failed)),
        ])
    }

    /// One word for how an invocation went: `success`, `error` (the function's own), `timeout`, or `failure`.
    static func status(_ outcome: Outcome, _ failure: Failure?) -> String {
        if let status = status(failure) { return status }
        switch outcome {
        case .success: return "success"
        case .functionError: return "error"
        case .failure: return "failure"
        }
    }

    private static func status(_ failure: Failure?) -> String? {
        failure.map { $0.isTimeout ? "timeout" : "failure" }
    }

    private func write(_ fields: [JSONValue.Field]) {
        file.write(fields + [("environment", .integer(Int64(environment)))])
    }
}
