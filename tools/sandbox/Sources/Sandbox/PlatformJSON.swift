/// Writes what the service has to say as JSON: `{"time":...,"type":...,"record":...}` ("Lambda Telemetry API Event schema
/// reference", "Configuring JSON and plain text log formats").
///
/// Facts that the sandbox does not know are left out: there are no spans of the initialization, and a response that is no stream is
/// known when it is complete, so that `responseDuration` is nothing.
struct PlatformJSON {
    let settings: Settings

    /// Returns true if a record is written into the log at the system log level INFO, which every function begins with
    /// ("Log-level filtering", "System log level event mapping").
    func isInLog(_ record: PlatformRecord) -> Bool {
        switch record.kind {
        case .initRuntimeDone(_, let failure): failure != nil
        case .initReport(let report): report.failure != nil || settings.kind != .onDemand
        case .restoreRuntimeDone(let report): report.failure != nil
        case .runtimeDone(let done): done.failure != nil || done.errorType != nil
        case .initStart, .extension, .subscription, .restoreStart, .restoreReport, .start, .fault, .report,
            .response, .attempt, .missingCall, .missingName, .unstarted, .memory, .snapshot, .stop, .answerFault:
            true
        }
    }

    func bytes(for record: PlatformRecord) -> [UInt8] {
        let (name, value) = body(of: record)
        return JSONValue.event(ByteView(name), record.time.wall, value)
    }

    /// The type of the record's event.
    func name(of record: PlatformRecord) -> StaticString { body(of: record).name }

    private func body(of record: PlatformRecord) -> (name: StaticString, JSONValue) {
        switch record.kind {
        case .initStart(let phase): ("platform.initStart", initStart(phase))
        case .initRuntimeDone(let phase, let failure):
            ("platform.initRuntimeDone", .object(initFields(phase) + JSONValue.status(failure, nil)))
        case .extension(let report): ("platform.extension", extensionState(report))
        case .initReport(let report): ("platform.initReport", initReport(report))
        case .subscription(let name, let types): ("platform.telemetrySubscription", subscription(name, types))
        case .restoreStart: ("platform.restoreStart", .object(surroundings))
        case .restoreRuntimeDone(let report):
            ("platform.restoreRuntimeDone", .object(JSONValue.status(report.failure, nil)))
        case .restoreReport(let report):
            (
                "platform.restoreReport",
                .object(
                    JSONValue.status(report.failure, nil) + [
                        ("metrics", .object([("durationMs", .milliseconds(report.duration))]))
                    ])
            )
        case .start(let id):
            (
                "platform.start",
                .object(
                    [("requestId", .string(id)), ("version", .string(Settings.version))] as [JSONValue.Field]
                        + JSONValue.tracing(record.trace))
            )
        case .fault(let id, let failure):
            ("platform.fault", .string("RequestId: \(id) Error: \(failure.message)\n\(failure.type)"))
        case .runtimeDone(let done): ("platform.runtimeDone", runtimeDone(done, record))
        case .report(let report, let memory): ("platform.report", self.report(report, memory, record))
        case .response(let id, let outcome, let after): ("sandbox.response", response(id, outcome, after))
        case .missingCall(let call):
            (
                "sandbox.missingCall",
                .object([("process", .string(call.process)), ("call", .string(call.route))])
            )
        case .missingName:
            ("sandbox.missingName", .object([("file", .string("/etc/hosts")), ("line", .string(LocalName.line))]))
        case .attempt(let id, let number):
            (
                "sandbox.attempt",
                .object([
                    ("requestId", .string(id)), ("attempt", .integer(Int64(number))),
                    ("attempts", .integer(Int64(FleetPolicy.Limits.attempts))),
                ])
            )
        case .unstarted(let process):
            (
                "sandbox.unstarted",
                .object([("process", .string(process.process)), ("reason", .string(process.reason))])
            )
        case .memory(let used):
            (
                "sandbox.memory",
                .object([
                    ("usedMB", .integer(Int64(used))), ("memorySizeMB", .integer(Int64(settings.memorySize))),
                ])
            )
        case .snapshot(let hasHooks):
            (
                "sandbox.snapshot",
                .object([("waitsIn", .string(hasHooks ? "restore/next" : "invocation/next"))])
            )
        case .stop(let report): ("sandbox.stop", stop(report))
        case .answerFault(let fault):
            (
                "sandbox.fault",
                .object([("call", .string(fault.call.rawValue)), ("answer", .string("\(fault.kind)"))])
            )
        }
    }

    // MARK: The initialization

    private func initStart(_ phase: InitPhase) -> JSONValue { .object(initFields(phase) + surroundings) }

    /// The fields by which a start and a restore describe the environment.
    private var surroundings: [JSONValue.Field] {
        [
            ("runtimeVersion", .string("provided.sandbox")), ("functionName", .string(settings.name)),
            ("functionVersion", .string(Settings.version)),
            ("instanceMaxMemory", .integer(Int64(settings.memorySize) << 20)),
        ]
    }

    private func initReport(_ report: InitReport) -> JSONValue {
        .object(
            initFields(report.phase) + JSONValue.status(report.failure, nil) + [
                ("metrics", .object([("durationMs", .milliseconds(report.duration))]))
            ])
    }

    private func initFields(_ phase: InitPhase) -> [JSONValue.Field] {
        [("initializationType", .string(settings.kind.initializationType)), ("phase", .string(phase.rawValue))]
    }

    private func extensionState(_ report: ExtensionReport) -> JSONValue {
        .object([
            ("name", .string(report.name)), ("state", .string(report.state.rawValue)),
            ("events", .strings(report.events.names)),
        ])
    }

    private func subscription(_ name: String, _ types: TelemetryTypes) -> JSONValue {
        .object([
            ("name", .string(name)), ("state", .string("Subscribed")),
            ("types", .strings(types.names)),
        ])
    }

    // MARK: The invocation

    private func runtimeDone(_ done: PlatformRecord.RuntimeDone, _ record: PlatformRecord) -> JSONValue {
        let time = record.time
        var fields: [JSONValue.Field] = [("requestId", .string(done.id))]
        fields += JSONValue.status(done.failure, done.errorType) + JSONValue.tracing(record.trace)
        if let responded = done.responded {
            let began = done.responding ?? responded
            fields.append(
                (
                    "spans",
                    .array([
                        .span("responseLatency", from: done.started, to: began, time),
                        .span("responseDuration", from: began, to: responded, time),
                        .span("runtimeOverhead", from: responded, to: time.moment, time),
                    ])
                ))
        }
        var metrics: [JSONValue.Field] = [("durationMs", .milliseconds(time.moment - done.started))]
        if let bytes = done.producedBytes { metrics.append(("producedBytes", .integer(Int64(bytes)))) }
        fields.append(("metrics", .object(metrics)))
        return .object(fields)
    }

    private func report(_ report: InvocationReport, _ memory: Int, _ record: PlatformRecord) -> JSONValue {
        var metrics: [JSONValue.Field] = [("durationMs", .milliseconds(report.duration))]
        // On Managed Instances nobody pays by the invocation, and nobody knows what one of many used.
        if settings.kind != .managedInstances {
            metrics += [
                ("billedDurationMs", .integer(report.billedMilliseconds)),
                ("memorySizeMB", .integer(Int64(settings.memorySize))), ("maxMemoryUsedMB", .integer(Int64(memory))),
            ]
            if let duration = report.initDuration { metrics.append(("initDurationMs", .milliseconds(duration))) }
            if let duration = report.restoreDuration { metrics.append(("restoreDurationMs", .milliseconds(duration))) }
        }
        return .object(
            [("requestId", .string(report.id)), ("metrics", .object(metrics))] as [JSONValue.Field]
                + JSONValue.status(report.failure, report.responseErrorType) + JSONValue.tracing(record.trace))
    }

    // MARK: The sandbox's own

    private func response(_ id: String, _ outcome: Outcome, _ after: Duration) -> JSONValue {
        let body = outcome.body(for: id)
        var fields: [JSONValue.Field] = [("requestId", .string(id)), ("afterMs", .milliseconds(after))]
        if let type = outcome.errorType { fields.append(("errorType", .string(type))) }
        fields.append(("bytes", .integer(Int64(body.count))))
        if let text = body.withByteView(PlatformText.inOneLine) { fields.append(("response", .string(text))) }
        return .object(fields)
    }

    private func stop(_ report: StopReport) -> JSONValue {
        .object([
            ("kind", .string(report.isReset ? "reset" : "shutdown")), ("reason", .string(report.reason.rawValue)),
            ("durationMs", .milliseconds(report.duration)),
            ("killed", .strings(report.killed)),
            ("failed", .strings(report.failed)),
        ])
    }
}
