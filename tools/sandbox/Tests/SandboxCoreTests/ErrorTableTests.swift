import SandboxCore
import Testing

/// One wrong request: what came before, the request, the answer.
struct WrongCall: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let status: Int
    let type: String
    let life: Life
    let call: @Sendable (inout Life) -> Call

    init(
        _ name: String, _ status: Int, _ type: String, in life: Life = .idle(),
        _ call: @escaping @Sendable (inout Life) -> Call
    ) {
        testDescription = name
        self.status = status
        self.type = type
        self.life = life
        self.call = call
    }
}

/// Every row of the two APIs' tables of errors.
@Suite struct ErrorTableTests {
    @Test(arguments: extensionErrors + runtimeErrors)
    func isRefused(_ wrong: WrongCall) {
        var life = wrong.life
        let call = wrong.call(&life)
        let refusal = life.refusal(of: call)
        #expect(refusal?.status == wrong.status)
        #expect(refusal?.type == wrong.type)
        #expect(refusal?.message.isEmpty == false)
    }

    @Test func logsAreAcceptedButNotThere() {
        var life = Life.idle()
        let call = life.extension(.subscribeElsewhere(identifier: life.identifiers["ext"], service: "Logs"))
        #expect(life.reply(to: call) == "202 no Logs")
    }

    @Test func aNameOutsideTheFolderBecomesAnInternalExtension() {
        var life = Life.starting([])
        #expect(IdentifierSource.isUUID(life.register("elsewhere", ["INVOKE"])))
    }

    @Test func onManagedInstancesAnInternalExtensionMayAskForNothing() {
        var life = Life.starting([], kind: .managedInstances)
        #expect(IdentifierSource.isUUID(life.register("inside", [])))
    }

    @Test func tooLargeAResponseIsToldToTheCaller() {
        var life = Life.busy(extensions: [])
        let limit = life.environment.configuration.responseLimit
        #expect(limit == 6_291_556)
        life.runtime(.response(id: "r", FunctionResponse(body: Array(repeating: 0, count: limit + 1))))
        #expect(life.outcomes(of: "r").map(\.errorType) == ["Function.ResponseSizeTooLarge"])
    }

    @Test func tooLargeAnErrorIsToldToTheCallerAndEndsItsInvocation() {
        var life = Life.busy(extensions: [])
        let limit = life.environment.configuration.responseLimit
        let report = life.runtime(.error(id: "r", type: "X", body: Array(repeating: 0, count: limit + 1)))
        #expect(life.reply(to: report) == "413 RequestEntityTooLarge")
        #expect(life.outcomes(of: "r").map(\.errorType) == ["Function.ResponseSizeTooLarge"])
        life.invoke("s")
        let next = life.runtime(.next)
        #expect(life.reply(to: next) == "event s")
    }

    @Test func theLargestResponseIsWelcome() {
        var life = Life.busy(extensions: [])
        let limit = life.environment.configuration.responseLimit
        life.runtime(.response(id: "r", FunctionResponse(body: Array(repeating: 0, count: limit))))
        #expect(life.outcomes(of: "r").map(\.errorType) == [nil])
    }
}

private func registering(_ name: String?, _ events: [String]?) -> @Sendable (inout Life) -> Call {
    { $0.extension(.register(name: name, events: events, wantsAccountID: false)) }
}

private func asking(_ identifier: String?) -> @Sendable (inout Life) -> Call {
    { $0.extension(.next(identifier: identifier)) }
}

private let extensionErrors: [WrongCall] = [
    WrongCall("no name", 403, "Extension.InvalidExtensionName", in: .starting(), registering(nil, ["INVOKE"])),
    WrongCall("empty name", 403, "Extension.InvalidExtensionName", in: .starting(), registering("", ["INVOKE"])),
    WrongCall("bad JSON", 403, "InvalidRequestFormat", in: .starting(), registering("ext", nil)),
    WrongCall("unknown event", 403, "Extension.InvalidEventType", in: .starting(), registering("ext", ["SLEEP"])),
    WrongCall(
        "SHUTDOWN, internal", 403, "Extension.InvalidEventType", in: .starting(), registering("inside", ["SHUTDOWN"])),
    WrongCall("registered twice", 403, "Extension.InvalidExtensionState", in: .starting()) {
        _ = $0.register("ext", [])
        return registering("ext", [])(&$0)
    },
    WrongCall("internal registered twice", 403, "Extension.InvalidExtensionState", in: .starting([])) {
        _ = $0.register("inside", [])
        return registering("inside", [])(&$0)
    },
    WrongCall("after init", 403, "Extension.RegistrationClosed", registering("late", ["INVOKE"])),
    WrongCall("the eleventh", 403, "Extension.TooManyExtensions", in: .starting([])) {
        for number in 1...10 { _ = $0.register("inside\(number)", []) }
        return registering("inside11", [])(&$0)
    },
    WrongCall("next, no identifier", 403, "Extension.MissingExtensionIdentifier", asking(nil)),
    WrongCall("next, empty identifier", 403, "Extension.MissingExtensionIdentifier", asking("")),
    WrongCall("next, malformed identifier", 403, "Extension.InvalidExtensionIdentifier", asking("12-34")),
    WrongCall(
        "next, unknown identifier", 403, "Extension.UnknownExtensionIdentifier",
        asking("00000000-0000-4000-8000-000000000000")),
    WrongCall("a second next", 403, "Extension.InvalidExtensionState") { $0.next(of: "ext") },
    WrongCall("exit error, no type", 403, "Extension.MissingHeader") {
        $0.extension(.exitError(identifier: $0.identifiers["ext"], type: nil))
    },
    WrongCall("init error, no type", 403, "Extension.MissingHeader", in: .starting()) {
        $0.extension(.initError(identifier: $0.register("ext", []), type: ""))
    },
    WrongCall("init error, after next", 403, "Extension.InvalidExtensionState") {
        $0.extension(.initError(identifier: $0.identifiers["ext"], type: "Late"))
    },
    WrongCall("next, after init error", 403, "Extension.InvalidExtensionState", in: .starting()) {
        let identifier = $0.register("ext", [])
        $0.extension(.initError(identifier: identifier, type: "Broke"))
        return $0.extension(.next(identifier: identifier))
    },
    WrongCall("telemetry after init", 403, "Telemetry.SubscriptionClosed") {
        $0.extension(.subscribe(identifier: $0.identifiers["ext"], TelemetryRequest()))
    },
    WrongCall("telemetry, no identifier", 403, "Extension.MissingExtensionIdentifier", in: .starting()) {
        $0.extension(.subscribe(identifier: nil, TelemetryRequest()))
    },
    WrongCall("telemetry, bad JSON", 400, "InvalidRequestFormat", in: .starting()) {
        $0.extension(.subscribe(identifier: $0.register("ext", []), nil))
    },
    WrongCall("telemetry, nothing asked for", 400, "ValidationError", in: .starting()) {
        $0.extension(.subscribe(identifier: $0.register("ext", []), TelemetryRequest()))
    },
    WrongCall(
        "INVOKE on Managed Instances", 403, "Extension.InvalidEventType", in: .starting(kind: .managedInstances),
        registering("ext", ["INVOKE"])),
]

private func answering(
    _ id: String, _ response: FunctionResponse = FunctionResponse(), after wait: Duration? = nil, times: Int = 1
) -> @Sendable (inout Life) -> Call {
    {
        if let wait { $0.wait(wait) }
        for _ in 1..<times { $0.runtime(.response(id: id, response)) }
        return $0.runtime(.response(id: id, response))
    }
}

private let runtimeErrors: [WrongCall] = [
    WrongCall("unknown id", 400, "InvalidRequestID", in: .busy(extensions: []), answering("other")),
    WrongCall("error, unknown id", 400, "InvalidRequestID", in: .busy(extensions: [])) {
        $0.runtime(.error(id: "other", type: "", body: []))
    },
    WrongCall("response between invocations", 400, "InvalidRequestID", in: .idle(extensions: []), answering("r")),
    WrongCall("second response", 403, "InvalidStateTransition", in: .busy(extensions: []), answering("r", times: 2)),
    WrongCall(
        "second response on Managed Instances", 400, "InvalidRequestID",
        in: .busy(extensions: [], kind: .managedInstances),
        answering("r", times: 2)),
    WrongCall("error after response", 403, "InvalidStateTransition", in: .busy(extensions: [])) {
        $0.runtime(.response(id: "r", FunctionResponse()))
        return $0.runtime(.error(id: "r", type: "Late", body: []))
    },
    WrongCall(
        "too large", 413, "RequestEntityTooLarge", in: .busy(extensions: []),
        answering("r", FunctionResponse(body: Array(repeating: 0, count: 6 * 1024 * 1024 + 101)))),
    WrongCall(
        "unknown mode", 400, "InvalidFunctionResponseMode", in: .busy(extensions: []),
        answering("r", FunctionResponse(mode: .unknown))),
    WrongCall(
        "late response on Managed Instances", 410, "InvokeTimeout", in: .busy(extensions: [], kind: .managedInstances),
        answering("r", after: .seconds(3))),
    WrongCall("late response", 400, "InvalidRequestID") {
        $0.invoke("r")
        return answering("r", after: .seconds(3))(&$0)
    },
    WrongCall("init error twice", 403, "InvalidStateTransition", in: .starting([])) {
        $0.runtime(.initError(type: "Broke", body: []))
        return $0.runtime(.initError(type: "Broke", body: []))
    },
    WrongCall("init error after next", 403, "InvalidStateTransition", in: .idle(extensions: [])) {
        $0.runtime(.initError(type: "Late", body: []))
    },
    WrongCall("second next of the function", 403, "InvalidStateTransition", in: .idle(extensions: [])) {
        $0.runtime(.next)
    },
]
