/// Makes the platform's events of what happens ("Lambda Telemetry API Event schema reference").
///
/// What the sandbox does not know is left out: there are no spans of the initialization, and a response is known when it
/// is complete, so that `responseDuration` is nothing.
struct TelemetryRecords {
    let settings: Settings
    /// The trace headers of invocations that were asked for.
    private var traces: [String: String] = [:]
    /// What the extensions registered for.
    private var asked: [String: ExtensionEvents] = [:]
    private var phase = InitPhase.initial
    private var isInitDone = false
    private var running: Running?

    /// What is known of the invocation under way.
    private struct Running {
        let id: String
        let started: Moment
        var responded: Moment?
        var errorType: String?
        var producedBytes: Int?
        var isRuntimeDone = false
    }

    init(settings: Settings) { self.settings = settings }

    /// Keeps the trace header of an invocation.
    mutating func expect(_ id: String, trace: String) { traces[id] = trace }

    /// Forgets the trace header of an invocation.
    mutating func forget(_ id: String) { traces[id] = nil }

    /// The events of something that happened, often none.
    mutating func events(for happening: Happening, at time: HappeningTime, memory: Int) -> [TelemetryEvent] {
        switch happening {
        case .output: return []
        case .answered(let id, .success(let body, _), _):
            if running?.id == id { running!.producedBytes = body.count }
            return []
        case .answered: return []
        case .note(let note): return events(for: note, at: time, memory: memory)
        }
    }

    private mutating func events(for note: Note, at time: HappeningTime, memory: Int) -> [TelemetryEvent] {
        switch note {
        case .initStarted(let phase): return [initStart(phase, time)]
        case .registered(let name, let events):
            asked[name] = events
            return []
        case .subscribed(let name, let subscription):
            return [
                TelemetryEvent(
                    "platform.telemetrySubscription", at: time.wall,
                    .object([
                        ("name", .string(name)), ("state", .string("Subscribed")),
                        ("types", .array(subscription.types.names.map(TelemetryValue.string))),
                    ]))
            ]
        case .ready(let process):
            if let events = asked[process] { return [extensionReady(process, events, time)] }
            return [initRuntimeDone(nil, time)]
        case .initEnded(let report):
            // A function that never asked for an event never said that it was done.
            return (isInitDone ? [] : [initRuntimeDone(report.failure, time)]) + [initReport(report, time)]
        case .restoreStarted: return [TelemetryEvent("platform.restoreStart", at: time.wall, .object(surroundings))]
        case .restoreEnded(let report): return restoreEnd(report, time)
        case .invocationStarted(let id, _, _):
            running = Running(id: id, started: time.moment)
            return [start(id, time)]
        case .responded(_, let errorType):
            running?.responded = time.moment
            running?.errorType = errorType
            return []
        case .done(_, let process):
            return asked[process] == nil ? runtimeDone(nil, time) : []
        case .failed(let id, let failure):
            let fault = TelemetryEvent(
                "platform.fault", at: time.wall,
                .string("RequestId: \(id) Error: \(failure.message)\n\(failure.type)"))
            return [fault] + runtimeDone(failure, time)
        case .invocationEnded(let report):
            defer {
                running = nil
                forget(report.id)
            }
            return runtimeDone(report.failure, time) + [self.report(report, time, memory)]
        case .stopped:
            traces = [:]
            return []
        case .started, .snapshotTaken, .delivered, .workerIdle, .frozen, .thawed, .stopping, .told, .exited: return []
        }
    }

    // MARK: The initialization

    private mutating func initStart(_ phase: InitPhase, _ time: HappeningTime) -> TelemetryEvent {
        self.phase = phase
        isInitDone = false
        asked = [:]
        return TelemetryEvent("platform.initStart", at: time.wall, .object(initFields(phase) + surroundings))
    }

    /// What a start and a restore say of the environment.
    private var surroundings: [TelemetryValue.Field] {
        [
            ("runtimeVersion", .string("provided.sandbox")), ("functionName", .string(settings.name)),
            ("functionVersion", .string(Settings.version)),
            ("instanceMaxMemory", .integer(Int64(settings.memorySize) << 20)),
        ]
    }

    private mutating func initRuntimeDone(_ failure: Failure?, _ time: HappeningTime) -> TelemetryEvent {
        isInitDone = true
        return TelemetryEvent(
            "platform.initRuntimeDone", at: time.wall, .object(initFields(phase) + TelemetryValue.status(failure, nil)))
    }

    private func initReport(_ report: InitReport, _ time: HappeningTime) -> TelemetryEvent {
        var fields = initFields(report.phase) + TelemetryValue.status(report.failure, nil)
        fields.append(("metrics", .object([("durationMs", .milliseconds(report.duration))])))
        return TelemetryEvent("platform.initReport", at: time.wall, .object(fields))
    }

    private func initFields(_ phase: InitPhase) -> [TelemetryValue.Field] {
        [("initializationType", .string(settings.kind.initializationType)), ("phase", .string(phase.rawValue))]
    }

    private func extensionReady(_ name: String, _ events: ExtensionEvents, _ time: HappeningTime) -> TelemetryEvent {
        TelemetryEvent(
            "platform.extension", at: time.wall,
            .object([
                ("name", .string(name)), ("state", .string("Ready")),
                ("events", .array(events.names.map(TelemetryValue.string))),
            ]))
    }

    /// The runtime's part of a restore is over with the whole: nobody else has one.
    private func restoreEnd(_ report: RestoreReport, _ time: HappeningTime) -> [TelemetryEvent] {
        let status = TelemetryValue.status(report.failure, nil)
        return [
            TelemetryEvent("platform.restoreRuntimeDone", at: time.wall, .object(status)),
            TelemetryEvent(
                "platform.restoreReport", at: time.wall,
                .object(status + [("metrics", .object([("durationMs", .milliseconds(report.duration))]))])),
        ]
    }

    // MARK: The invocation

    private func start(_ id: String, _ time: HappeningTime) -> TelemetryEvent {
        TelemetryEvent(
            "platform.start", at: time.wall,
            .object(
                [("requestId", .string(id)), ("version", .string(Settings.version))] as [TelemetryValue.Field]
                    + tracing(id)))
    }

    /// The event that the runtime is done, once for each invocation.
    private mutating func runtimeDone(_ failure: Failure?, _ time: HappeningTime) -> [TelemetryEvent] {
        guard let running, !running.isRuntimeDone else { return [] }
        self.running!.isRuntimeDone = true
        var fields: [TelemetryValue.Field] = [("requestId", .string(running.id))]
        fields += TelemetryValue.status(failure, running.errorType) + tracing(running.id)
        if let responded = running.responded {
            fields.append(
                (
                    "spans",
                    .array([
                        .span("responseLatency", from: running.started, to: responded, time),
                        .span("responseDuration", from: responded, to: responded, time),
                        .span("runtimeOverhead", from: responded, to: time.moment, time),
                    ])
                ))
        }
        var metrics: [TelemetryValue.Field] = [
            ("durationMs", .milliseconds(time.moment - running.started))
        ]
        if let bytes = running.producedBytes { metrics.append(("producedBytes", .integer(Int64(bytes)))) }
        fields.append(("metrics", .object(metrics)))
        return [TelemetryEvent("platform.runtimeDone", at: time.wall, .object(fields))]
    }

    private func report(_ report: InvocationReport, _ time: HappeningTime, _ memory: Int) -> TelemetryEvent {
        var metrics: [TelemetryValue.Field] = [("durationMs", .milliseconds(report.duration))]
        // On Managed Instances nobody pays by the invocation, and nobody knows what one of many used.
        if settings.kind != .managedInstances {
            metrics += [
                ("billedDurationMs", .integer(report.billedMilliseconds)),
                ("memorySizeMB", .integer(Int64(settings.memorySize))), ("maxMemoryUsedMB", .integer(Int64(memory))),
            ]
            if let duration = report.initDuration { metrics.append(("initDurationMs", .milliseconds(duration))) }
            if let duration = report.restoreDuration { metrics.append(("restoreDurationMs", .milliseconds(duration))) }
        }
        return TelemetryEvent(
            "platform.report", at: time.wall,
            .object(
                [("requestId", .string(report.id)), ("metrics", .object(metrics))] as [TelemetryValue.Field]
                    + TelemetryValue.status(report.failure, report.responseErrorType) + tracing(report.id)))
    }

    private func tracing(_ id: String) -> [TelemetryValue.Field] {
        guard let trace = traces[id], !trace.isEmpty else { return [] }
        return [("tracing", .object([("type", .string("X-Amzn-Trace-Id")), ("value", .string(trace))]))]
    }
}
