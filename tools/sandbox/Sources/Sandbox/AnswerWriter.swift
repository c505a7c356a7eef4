import ReactorHTTP

/// Writes the answers of the Runtime API and the Extensions API as they look on the wire.
struct AnswerWriter {
    private let settings: Settings
    /// The function's name to those who do not ask for it by another.
    private let arn: String
    /// Makes a fresh identifier, for an event that has one.
    private let makeID: () -> String

    init(_ settings: Settings, makeID: @escaping () -> String) {
        self.settings = settings
        self.makeID = makeID
        arn = settings.functionARN()
    }

    func write(_ answer: Answer, to responder: HTTPResponder) {
        switch answer {
        case .invocation(let invocation, let id, let deadline): write(invocation, id, deadline, to: responder)
        case .restored: responder.respond(200)
        case .invoke(let invocation, let deadline): writeInvoke(invocation, deadline, to: responder)
        case .shutdown(let reason, let deadline): writeShutdown(reason, deadline, to: responder)
        case .registered(let identifier, let withAccountID): writeRegistered(identifier, withAccountID, to: responder)
        case .accepted: writeJSON(202, [("status", .string("OK"))], to: responder)
        case .subscribed:
            responder.respond(200, body: "\"OK\"") { $0.appendField("Content-Type", "application/json") }
        case .notSupported(let service):
            writeError(202, "\(service).NotSupported", "\(service) API is not supported", to: responder)
        case .refused(let refusal): writeError(refusal.status, refusal.type, refusal.message, to: responder)
        }
    }

    private func write(
        _ invocation: Invocation, _ invocationID: String, _ deadline: Moment, to responder: HTTPResponder
    ) {
        let fields =
            [
                ("Lambda-Runtime-Aws-Request-Id", invocation.id),
                ("Lambda-Runtime-Invocation-Id", invocationID),
                ("Lambda-Runtime-Deadline-Ms", String(Self.wallMilliseconds(deadline))),
                ("Lambda-Runtime-Invoked-Function-Arn", arn(for: invocation)),
                ("Lambda-Runtime-Trace-Id", invocation.traceID),
                ("Lambda-Runtime-Client-Context", invocation.clientContext),
                ("Lambda-Runtime-Aws-Tenant-Id", invocation.tenantID),
            ] as [(StaticString, String)]
        invocation.payload.withByteView { body in
            responder.respond(200, body: body, isChunked: Self.isChunked(body)) { head in
                head.appendField("Content-Type", "application/json")
                for (name, value) in fields where !value.isEmpty { value.withByteView { head.appendField(name, $0) } }
            }
        }
    }

    private func writeInvoke(_ invocation: Invocation, _ deadline: Moment, to responder: HTTPResponder) {
        let event: [JSONValue.Field] = [
            ("eventType", .string("INVOKE")),
            ("deadlineMs", .integer(Self.wallMilliseconds(deadline))),
            ("requestId", .string(invocation.id)),
            ("invokedFunctionArn", .string(arn(for: invocation))),
        ]
        writeJSON(200, event + JSONValue.tracing(invocation.traceID), to: responder) { head in
            makeID().withByteView { head.appendField("Lambda-Extension-Event-Identifier", $0) }
        }
    }

    /// Unlike every other event this one has no identifier and calls itself text.
    private func writeShutdown(_ reason: ShutdownReason, _ deadline: Moment, to responder: HTTPResponder) {
        let event: [JSONValue.Field] = [
            ("eventType", .string("SHUTDOWN")),
            ("deadlineMs", .integer(Self.wallMilliseconds(deadline))),
            ("shutdownReason", .string(reason.rawValue)),
        ]
        writeJSON(200, event, to: responder, contentType: "text/plain; charset=utf-8")
    }

    private func writeRegistered(_ identifier: String, _ withAccountID: Bool, to responder: HTTPResponder) {
        var body: [JSONValue.Field] = [
            ("functionName", .string(settings.name)),
            ("functionVersion", .string(Settings.version)),
            ("handler", .string(settings.handler)),
        ]
        if withAccountID { body.append(("accountId", .string(settings.accountID))) }
        writeJSON(200, body, to: responder) { head in
            identifier.withByteView { head.appendField("Lambda-Extension-Identifier", $0) }
        }
    }

    private func writeError(_ status: Int, _ type: String, _ message: String, to responder: HTTPResponder) {
        writeJSON(status, [("errorMessage", .string(message)), ("errorType", .string(type))], to: responder)
    }

    private func writeJSON(
        _ status: Int, _ object: [JSONValue.Field], to responder: HTTPResponder,
        contentType: StaticString = "application/json", fields: (inout Buffer) -> Void = { _ in }
    ) {
        JSONValue.bytes(of: object).withByteView { body in
            responder.respond(status, body: body, isChunked: Self.isChunked(body)) { head in
                head.appendField("Content-Type", ByteView(contentType))
                fields(&head)
            }
        }
    }

    /// The name by which the caller of an invocation asked for the function.
    private func arn(for invocation: Invocation) -> String {
        invocation.functionName == nil && invocation.qualifier.isEmpty
            ? arn : settings.functionARN(of: invocation.functionName, qualifier: invocation.qualifier)
    }

    /// Lambda frames a body by its length up to this many bytes, and what is longer in chunks.
    private static func isChunked(_ body: ByteView) -> Bool { body.count > 2048 }

    /// A moment of the environment's clock on the wall's.
    private static func wallMilliseconds(_ moment: Moment) -> Int64 {
        WallClock.milliseconds + (moment.nanoseconds - Instant.now.nanoseconds) / 1_000_000
    }
}
