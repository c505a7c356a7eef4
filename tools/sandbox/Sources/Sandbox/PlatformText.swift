/// Writes what the service has to say as lines of text, as CloudWatch shows them.
package struct PlatformText {
    let settings: Settings

    /// The lines for a record, often none.
    func lines(for record: PlatformRecord) -> [String] {
        switch record.kind {
        case .initStart(.initial): ["INIT_START Runtime Version: provided.sandbox"]
        case .extension(let report):
            [
                "EXTENSION\tName: \(report.name)\tState: \(report.state.rawValue)\tEvents: "
                    + "[\(report.events.names.joined(separator: ", "))]"
            ]
        // "Monitoring for Lambda SnapStart": a REPORT includes any other that went well.
        case .initReport(let report): report.failure != nil || report.isForSnapshot ? [line(for: report)] : []
        case .missingCall(let call):
            ["MISSING From: \(call.process)\tCall: \(call.route)\tMore time: \(call.option) SECONDS"]
        case .missingName: ["MISSING From: /etc/hosts\tLine: \(LocalName.line)\tFor: whoever listens on it"]
        case .attempt(let id, let number):
            ["RETRY RequestId: \(id)\tattempt \(number) of \(FleetPolicy.Limits.attempts)"]
        case .unstarted(let process): ["UNSTARTED Process: \(process.process)\tReason: \(process.reason)"]
        case .memory(let used):
            [
                "MEMORY Used: \(used) MB\tMemory Size: \(settings.memorySize) MB"
                    + "\tIn Lambda: signal: killed, Runtime.OutOfMemory"
            ]
        case .snapshot(let hasHooks): [Self.line(forSnapshotWithHooks: hasHooks)]
        case .restoreStart: ["RESTORE_START Runtime Version: provided.sandbox"]
        case .restoreReport(let report): [line(for: report)]
        case .start(let id): ["START RequestId: \(id) Version: \(Settings.version)"]
        case .fault(let id, let failure): lines(for: failure, id, record.time)
        case .report(let report, let memory): ["END RequestId: \(report.id)", line(for: report, memory)]
        case .response(let id, let outcome, let after):
            ["RESPONSE RequestId: \(id) after \(after.millisecondsText) ms" + describe(outcome, id)]
        case .stop(let report): [line(for: report)]
        case .answerFault(let fault): ["FAULT\tCall: \(fault.call.rawValue)\tAnswer: \(fault.kind)"]
        case .subscription(let name, let types):
            [
                "TELEMETRY\tName: \(name)\tState: Subscribed\tTypes: "
                    + "[\(types.names.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: ", "))]"
            ]
        case .initStart(.invoke), .initRuntimeDone, .restoreRuntimeDone, .runtimeDone: []
        }
    }

    private func line(for report: InitReport) -> String {
        let line = "INIT_REPORT Init Duration: \(report.duration.millisecondsText) ms\tPhase: \(report.phase.rawValue)"
        return line + status(report.failure)
    }

    /// The sandbox's own line. Without hooks an image is published only with a label ("Implementing SnapStart hooks for container
    /// images").
    private static func line(forSnapshotWithHooks hasHooks: Bool) -> String {
        hasHooks
            ? "SNAPSHOT Runtime waits in: restore/next"
            : "SNAPSHOT Runtime waits in: invocation/next\tNeeds: LABEL com.amazonaws.lambda.feature.snapstart=\"Allow\""
    }

    private func line(for report: RestoreReport) -> String {
        "RESTORE_REPORT Restore Duration: \(report.duration.millisecondsText) ms" + status(report.failure)
    }

    /// Returns the end of a report's line: the status, when what it reports on failed.
    private func status(_ failure: Failure?) -> String {
        guard let failure else { return "" }
        return failure.isTimeout ? "\tStatus: timeout" : "\tStatus: error\tError Type: \(failure.type)"
    }

    private func lines(for failure: Failure, _ id: String, _ time: HappeningTime) -> [String] {
        if failure.isTimeout { return ["\(Timestamp.iso8601(milliseconds: time.wall)) \(id) \(failure.message)"] }
        return ["RequestId: \(id) Error: \(failure.message)", failure.type]
    }

    private func line(for report: InvocationReport, _ memory: Int) -> String {
        var line = "REPORT RequestId: \(report.id)\tDuration: \(report.duration.millisecondsText) ms"
        // On Managed Instances nobody pays by the invocation, and nobody knows what one of many used.
        guard settings.kind != .managedInstances else { return line }
        line +=
            "\tBilled Duration: \(report.billedMilliseconds) ms\tMemory Size: \(settings.memorySize) MB"
            + "\tMax Memory Used: \(memory) MB"
        if let duration = report.restoreDuration, let billed = report.billedRestoreMilliseconds {
            line += "\tRestore Duration: \(duration.millisecondsText) ms\tBilled Restore Duration: \(billed) ms"
        }
        if let duration = report.initDuration { line += "\tInit Duration: \(duration.millisecondsText) ms" }
        return line + status(report.failure)
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

    /// A line with its request id in one column with those of other lines: that behind the longest label, `RESPONSE`.
    package static func aligned(_ line: String) -> String {
        guard let id = line.firstRange(of: "RequestId: ")?.lowerBound else { return line }
        let label = line[..<id]
        let width = "RESPONSE ".count
        guard label.utf8.count <= width, label.allSatisfy({ $0 == " " || $0.isUppercase }) else {
            return line
        }
        return label + String(repeating: " ", count: width - label.utf8.count) + line[id...]
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

extension MissingCall {
    /// The option that gives it more time.
    var option: String { isInInvocation ? "--timeout" : "--init-limit" }

    /// The call as documentation names it, with what it needs.
    var route: String {
        switch kind {
        case .registration: "POST /2020-01-01/extension/register with Lambda-Extension-Name: \(process)"
        case .eventNext: "GET /2020-01-01/extension/event/next"
        case .invocationNext: "GET /2018-06-01/runtime/invocation/next"
        }
    }
}

extension Outcome {
    /// Returns the body that the caller of a request reads.
    package func body(for id: String) -> [UInt8] {
        switch self {
        case .success(let body, _), .functionError(_, let body): return body
        case .failure(let failure):
            if let body = failure.body, !body.isEmpty { return body }
            return JSONValue.bytes(of: [
                ("errorType", .string(failure.type)),
                ("errorMessage", .string("RequestId: \(id) Error: \(failure.message)")),
            ])
        }
    }
}
