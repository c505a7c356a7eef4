/// Something that the service has to say of a life. It goes into the log, as lines or as JSON, and to those who subscribed to
/// telemetry: all of them are written from this.
package struct PlatformRecord {
    enum Kind {
        case initStart(InitPhase)
        case initRuntimeDone(InitPhase, Failure?)
        case `extension`(ExtensionReport)
        case initReport(InitReport)
        case subscription(name: String, TelemetryTypes)
        case restoreStart
        case restoreRuntimeDone(RestoreReport)
        case restoreReport(RestoreReport)
        case start(id: String)
        case fault(id: String, Failure)
        case runtimeDone(RuntimeDone)
        case report(InvocationReport, memory: Int)
        // Events that only the sandbox can see or cause: no telemetry reports them.
        case response(id: String, Outcome, after: Duration)
        case missingCall(MissingCall)
        case missingName
        case attempt(id: String, number: Int)
        case unstarted(UnstartedProcess)
        case memory(used: Int)
        case snapshot(hasHooks: Bool)
        case stop(StopReport)
        case answerFault(AnswerFault)
    }

    /// The end of the function's part of an invocation.
    struct RuntimeDone {
        let id: String
        let started: Moment
        /// When a streamed response began.
        var responding: Moment?
        var responded: Moment?
        var errorType: String?
        var producedBytes: Int?
        var failure: Failure?
    }

    let kind: Kind
    /// When it was so.
    let time: HappeningTime
    /// The invocation's trace header; empty for none.
    let trace: String

    init(_ kind: Kind, at time: HappeningTime, trace: String = "") {
        self.kind = kind
        self.time = time
        self.trace = trace
    }

    /// The invocation it is about; nil for none.
    package var requestID: String? {
        switch kind {
        case .start(let id), .fault(let id, _), .attempt(let id, _), .response(let id, _, _): id
        case .runtimeDone(let done): done.id
        case .report(let report, _): report.id
        case .initStart, .initRuntimeDone, .extension, .initReport, .subscription, .restoreStart,
            .restoreRuntimeDone, .restoreReport, .missingCall, .missingName, .unstarted, .memory, .snapshot, .stop,
            .answerFault:
            nil
        }
    }

    /// True if it is the outcome that a caller got.
    var isResponse: Bool { if case .response = kind { true } else { false } }

    /// True if it is a wrong answer that was asked for.
    var isFault: Bool { if case .answerFault = kind { true } else { false } }

    /// True if the Telemetry API knows it.
    var isTelemetry: Bool {
        switch kind {
        case .response, .attempt, .missingCall, .missingName, .unstarted, .memory, .snapshot, .stop, .answerFault: false
        case .initStart, .initRuntimeDone, .extension, .initReport, .subscription, .restoreStart,
            .restoreRuntimeDone, .restoreReport, .start, .fault, .runtimeDone, .report:
            true
        }
    }

    /// Its event in the Telemetry API; nil where that knows none.
    package func telemetry(for settings: Settings) -> (type: StaticString, json: [UInt8])? {
        guard isTelemetry else { return nil }
        let json = PlatformJSON(settings: settings)
        return (json.name(of: self), json.bytes(for: self))
    }

    /// True if it is of the initialization itself, and so of the snapshot that is taken after it.
    var isOfInit: Bool {
        switch kind {
        case .initStart, .initRuntimeDone, .initReport: true
        default: false
        }
    }

    /// Its lines in the log of a function with these settings, often none: text, or one JSON object.
    package func lines(for settings: Settings) -> [String] {
        guard settings.isLogStructured else { return PlatformText(settings: settings).lines(for: self) }
        let json = PlatformJSON(settings: settings)
        return json.isInLog(self) ? [String(decoding: json.bytes(for: self), as: UTF8.self)] : []
    }
}
