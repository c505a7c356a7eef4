import JSON

/// Writes one JSON object a line for what a program may want to know of a run: `init`, `invocation`, `stop`.
///
/// An `invocation` has `requestId`, `status` (`success`, `error` for the function's own, `timeout`, `failure`), `errorType`,
/// `cold`, `initUs`, `queuedUs` (asked for until START), and since START: `responseUs` (the caller has its answer),
/// `functionDoneUs` and `extensionsDoneUs` (next was asked for), `durationUs` (END); then `holdUs` (response to END),
/// `postRuntimeExtensionsUs`, `billedMs`, `maxMemoryMB`, `responseBytes` and `response`. An `init` has `phase` (`init`, or
/// `invoke` after a reset), `status`, `errorType`, `durationUs` and `extensions`. A `stop` has `kind` (`reset`, `shutdown`),
/// `reason`, `clean`, `durationUs`, and the names of the `killed` and the `failed`. What does not apply is null, or left out
/// of an `invocation` that never had a START, as those have that no worker was idle for.
///
/// Durations are whole microseconds, `...Us`. Each line is complete when it is written, so a reader may follow the
/// file while the sandbox runs.
public final class RecordWriter: Observer {
    /// The number of bytes of a response that are put into its record.
    public static let responseLimit = 65_536

    private let file: FileDescriptor
    /// The partial knowledge of invocations that are not complete yet.
    private var answers: [String: (outcome: Outcome, after: Duration)] = [:]
    private var reports: [String: (report: InvocationReport, memory: Int)] = [:]
    /// Those that have a START.
    private var begun: Set<String> = []

    /// True on Managed Instances, where nobody pays by the invocation.
    private let isManaged: Bool

    /// Writes to an open file.
    public init(_ file: consuming FileDescriptor, kind: Configuration.Kind = .onDemand) {
        self.file = file
        isManaged = kind == .managedInstances
    }

    /// Writes the records that something completes.
    public func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {
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
        write { record in
            record.text("record", "invocation")
            record.text("requestId", id)
            record.text("status", Self.status(answer.outcome, report.failure))
            record.text("errorType", report.failure?.type ?? answer.outcome.errorType)
            record.field("cold", report.isCold)
            record.microseconds("initUs", report.initDuration)
            record.microseconds("restoreUs", report.restoreDuration)
            record.microseconds("queuedUs", report.started - report.received)
            record.microseconds("responseUs", answer.after)
            record.microseconds("durationUs", report.duration)
            if isManaged { record.null("billedMs") } else { record.field("billedMs", report.billedMilliseconds) }
            record.microseconds("holdUs", report.hold)
            record.microseconds("functionDoneUs", report.functionDone.map { $0 - report.started })
            record.microseconds("extensionsDoneUs", report.extensionsDone.map { $0 - report.started })
            record.microseconds("postRuntimeExtensionsUs", report.postRuntimeExtensions)
            record.field("maxMemoryMB", memory)
            let body = answer.outcome.body(for: id)
            record.field("responseBytes", body.count)
            body.withByteView { record.field("response", $0[0..<min($0.count, Self.responseLimit)]) }
        }
    }

    private func writeUnstarted(_ id: String) {
        guard reports[id] == nil, let answer = answers.removeValue(forKey: id) else { return }
        write { record in
            record.text("record", "invocation")
            record.text("requestId", id)
            record.text("status", "failure")
            record.text("errorType", answer.outcome.errorType)
            record.text("response", String(decoding: answer.outcome.body(for: id), as: UTF8.self))
        }
    }

    private func write(_ report: InitReport) {
        write { record in
            record.text("record", "init")
            record.text("phase", report.phase.rawValue)
            record.text("status", report.failure.map { $0.isTimeout ? "timeout" : "failure" } ?? "success")
            record.text("errorType", report.failure?.type)
            record.microseconds("durationUs", report.duration)
            record.array("extensions") { list in
                for (name, events) in report.extensions {
                    list.object { item in
                        item.text("name", name)
                        item.array("events") { names in
                            for event in events.names { event.withByteView { names.element($0) } }
                        }
                    }
                }
            }
        }
    }

    private func write(_ report: RestoreReport) {
        write { record in
            record.text("record", "restore")
            record.text("status", report.failure.map { $0.isTimeout ? "timeout" : "failure" } ?? "success")
            record.text("errorType", report.failure?.type)
            record.microseconds("durationUs", report.duration)
        }
    }

    private func write(_ report: StopReport) {
        write { record in
            record.text("record", "stop")
            record.text("kind", report.isReset ? "reset" : "shutdown")
            record.text("reason", report.reason.rawValue)
            record.field("clean", report.isClean)
            record.microseconds("durationUs", report.duration)
            record.array("killed") { list in for name in report.killed { name.withByteView { list.element($0) } } }
            record.array("failed") { list in for name in report.failed { name.withByteView { list.element($0) } } }
        }
    }

    /// One word for how an invocation went: `success`, `error` (the function's own), `timeout`, or `failure`.
    static func status(_ outcome: Outcome, _ failure: Failure?) -> String {
        if let failure { return failure.isTimeout ? "timeout" : "failure" }
        switch outcome {
        case .success: return "success"
        case .functionError: return "error"
        case .failure: return "failure"
        }
    }

    private func write(_ body: (inout JSONWriter) -> Void) {
        var buffer = Buffer(capacity: 512)
        buffer.appendJSONObject(body)
        buffer.append(ASCII.lineFeed)
        while !buffer.isEmpty, case .bytes(let count)? = try? file.write(buffer.readable) { buffer.consume(count) }
    }
}

extension JSONWriter {
    /// A string, or null.
    fileprivate mutating func text(_ name: StaticString, _ value: String?) {
        guard let value else { return null(name) }
        value.withByteView { field(name, $0) }
    }

    /// Whole microseconds, or null.
    fileprivate mutating func microseconds(_ name: StaticString, _ value: Duration?) {
        guard let value else { return null(name) }
        field(name, value.nanoseconds / 1000)
    }
}
