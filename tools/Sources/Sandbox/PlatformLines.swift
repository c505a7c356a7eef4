import JSON

/// What the service itself writes into the function's log, as CloudWatch shows it.
public struct PlatformLines {
    /// Megabytes, for the report.
    public var memorySize: Int

    /// Lines for a function of this size.
    public init(memorySize: Int) { self.memorySize = memorySize }

    /// The lines for something that happened, often none.
    public func lines(for happening: Happening, at time: HappeningTime, memory: Int) -> [String] {
        switch happening {
        case .output: []
        case .answered(let id, let outcome, let after):
            ["RESPONSE RequestId: \(id) after \(after.millisecondsText) ms" + describe(outcome, id)]
        case .note(.initStarted(.initial)): ["INIT_START Runtime Version: provided.sandbox"]
        case .note(.initEnded(let report)): lines(for: report)
        case .note(.snapshotTaken(let hasHooks)): [Self.line(forSnapshotWithHooks: hasHooks)]
        case .note(.restoreStarted): ["RESTORE_START Runtime Version: provided.sandbox"]
        case .note(.restoreEnded(let report)): [line(for: report)]
        case .note(.invocationStarted(let id, _, _)): ["START RequestId: \(id) Version: \(Settings.version)"]
        case .note(.failed(let id, let failure)): lines(for: failure, id, time)
        case .note(.invocationEnded(let report)): ["END RequestId: \(report.id)", line(for: report, memory)]
        case .note(.stopped(let report)): [line(for: report)]
        case .note: []
        }
    }

    private func lines(for report: InitReport) -> [String] {
        if let failure = report.failure {
            let status = failure.isTimeout ? "timeout" : "error\tError Type: \(failure.type)"
            return [
                "INIT_REPORT Init Duration: \(report.duration.millisecondsText) ms\tPhase: \(report.phase.rawValue)"
                    + "\tStatus: \(status)"
            ]
        }
        let extensions = report.extensions.map { name, events in
            "EXTENSION\tName: \(name)\tState: Ready\tEvents: [\(events.names.joined(separator: ", "))]"
        }
        guard report.isForSnapshot else { return extensions }
        // "Monitoring for Lambda SnapStart": no REPORT tells of it.
        return extensions + [
            "INIT_REPORT Init Duration: \(report.duration.millisecondsText) ms\tPhase: \(report.phase.rawValue)"
        ]
    }

    /// The sandbox's own line. Without hooks an image is published only with a label ("Implementing SnapStart hooks for container
    /// images").
    private static func line(forSnapshotWithHooks hasHooks: Bool) -> String {
        hasHooks
            ? "SNAPSHOT Runtime waits in: restore/next"
            : "SNAPSHOT Runtime waits in: invocation/next\tNeeds: LABEL com.amazonaws.lambda.feature.snapstart=\"Allow\""
    }

    private func line(for report: RestoreReport) -> String {
        let line = "RESTORE_REPORT Restore Duration: \(report.duration.millisecondsText) ms"
        guard let failure = report.failure else { return line }
        return line + (failure.isTimeout ? "\tStatus: timeout" : "\tStatus: error\tError Type: \(failure.type)")
    }

    private func lines(for failure: Failure, _ id: String, _ time: HappeningTime) -> [String] {
        if failure.isTimeout { return ["\(Timestamp.iso8601(milliseconds: time.wall)) \(id) \(failure.message)"] }
        return ["RequestId: \(id) Error: \(failure.message)", failure.type]
    }

    private func line(for report: InvocationReport, _ memory: Int) -> String {
        var line =
            "REPORT RequestId: \(report.id)\tDuration: \(report.duration.millisecondsText) ms"
            + "\tBilled Duration: \(report.billedMilliseconds) ms\tMemory Size: \(memorySize) MB"
            + "\tMax Memory Used: \(memory) MB"
        if let duration = report.restoreDuration, let billed = report.billedRestoreMilliseconds {
            line += "\tRestore Duration: \(duration.millisecondsText) ms\tBilled Restore Duration: \(billed) ms"
        }
        if let duration = report.initDuration { line += "\tInit Duration: \(duration.millisecondsText) ms" }
        if let duration = report.postRuntimeExtensions {
            line += "\tPost Runtime Extensions Duration: \(duration.millisecondsText) ms"
        }
        if let failure = report.failure {
            line += failure.isTimeout ? "\tStatus: timeout" : "\tStatus: error\tError Type: \(failure.type)"
        }
        return line
    }

    private func line(for report: StopReport) -> String {
        var line =
            "\(report.isReset ? "RESET" : "SHUTDOWN") Reason: \(report.reason.rawValue)"
            + "\tDuration: \(report.duration.millisecondsText) ms"
        if !report.killed.isEmpty { line += "\tKilled: \(report.killed.joined(separator: ", "))" }
        if !report.failed.isEmpty { line += "\tFailed: \(report.failed.joined(separator: ", "))" }
        return line
    }

    private func describe(_ outcome: Outcome, _ id: String) -> String {
        let body = outcome.body(for: id)
        let text = body.withByteView(Self.inOneLine) ?? "(\(body.count) bytes)"
        return (outcome.errorType.map { "\tError Type: \($0)" } ?? "") + "\t" + text
    }

    /// A body as a part of a line: nil when it is no text, cut when it is long.
    package static func inOneLine(_ body: ByteView) -> String? {
        let limit = 1024
        let shown = body[0..<min(body.count, limit)]
        for index in 0..<shown.count where shown[index] < 0x20 {
            guard shown[index] == ASCII.lineFeed || shown[index] == ASCII.tab || shown[index] == ASCII.carriageReturn
            else { return nil }
        }
        // A character cut in half at the limit is no reason to call the whole no text.
        guard body.count > limit || String(validating: shown.rawBuffer, as: UTF8.self) != nil else { return nil }
        let text = shown.string.map { $0.isNewline ? " " : $0 }
        return String(text) + (body.count > limit ? "… (\(body.count) bytes)" : "")
    }
}

extension Outcome {
    /// What the caller of a request reads.
    public func body(for id: String) -> [UInt8] {
        switch self {
        case .success(let body, _), .functionError(_, let body): return body
        case .failure(let failure):
            if let body = failure.body, !body.isEmpty { return body }
            var buffer = Buffer()
            buffer.appendJSONObject { object in
                failure.type.withByteView { object.field("errorType", $0) }
                "RequestId: \(id) Error: \(failure.message)".withByteView { object.field("errorMessage", $0) }
            }
            return buffer.readable.array
        }
    }
}
