import JSON
import ReactorHTTP

/// Writes the answers of the Runtime API and the Extensions API as they look on the wire.
struct AnswerWriter {
    let settings: Settings
    /// A fresh identifier, for an event that has one.
    let eventID: String

    func write(_ answer: Answer, to responder: HTTPResponder) {
        switch answer {
        case .invocation(let invocation, let id, let deadline): write(invocation, id, deadline, to: responder)
        case .restored: responder.respond(200)
        case .invoke(let invocation, let deadline): writeInvoke(invocation, deadline, to: responder)
        case .shutdown(let reason, let deadline): writeShutdown(reason, deadline, to: responder)
        case .registered(let identifier, let withAccountID): writeRegistered(identifier, withAccountID, to: responder)
        case .accepted: writeJSON(202, to: responder) { $0.field("status", ByteView("OK")) }
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
                ("Lambda-Runtime-Invoked-Function-Arn", settings.functionARN),
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
        writeJSON(
            200, to: responder,
            fields: { head in
                eventID.withByteView { head.appendField("Lambda-Extension-Event-Identifier", $0) }
            }
        ) { event in
            event.field("eventType", ByteView("INVOKE"))
            event.field("deadlineMs", Self.wallMilliseconds(deadline))
            invocation.id.withByteView { event.field("requestId", $0) }
            settings.functionARN.withByteView { event.field("invokedFunctionArn", $0) }
            guard !invocation.traceID.isEmpty else { return }
            event.object("tracing") { tracing in
                tracing.field("type", ByteView("X-Amzn-Trace-Id"))
                invocation.traceID.withByteView { tracing.field("value", $0) }
            }
        }
    }

    /// Unlike every other event this one has no identifier and calls itself text.
    private func writeShutdown(_ reason: ShutdownReason, _ deadline: Moment, to responder: HTTPResponder) {
        writeJSON(200, to: responder, contentType: "text/plain; charset=utf-8") { event in
            event.field("eventType", ByteView("SHUTDOWN"))
            event.field("deadlineMs", Self.wallMilliseconds(deadline))
            reason.rawValue.withByteView { event.field("shutdownReason", $0) }
        }
    }

    private func writeRegistered(_ identifier: String, _ withAccountID: Bool, to responder: HTTPResponder) {
        writeJSON(
            200, to: responder,
            fields: { head in
                identifier.withByteView { head.appendField("Lambda-Extension-Identifier", $0) }
            }
        ) { body in
            settings.name.withByteView { body.field("functionName", $0) }
            Settings.version.withByteView { body.field("functionVersion", $0) }
            settings.handler.withByteView { body.field("handler", $0) }
            if withAccountID { settings.accountID.withByteView { body.field("accountId", $0) } }
        }
    }

    private func writeError(_ status: Int, _ type: String, _ message: String, to responder: HTTPResponder) {
        writeJSON(status, to: responder) { body in
            message.withByteView { body.field("errorMessage", $0) }
            type.withByteView { body.field("errorType", $0) }
        }
    }

    private func writeJSON(
        _ status: Int, to responder: HTTPResponder, contentType: StaticString = "application/json",
        fields: (inout Buffer) -> Void = { _ in }, _ body: (inout JSONWriter) -> Void
    ) {
        var buffer = Buffer(capacity: 512)
        buffer.appendJSONObject(body)
        responder.respond(status, body: buffer.readable, isChunked: Self.isChunked(buffer.readable)) { head in
            head.appendField("Content-Type", ByteView(contentType))
            fields(&head)
        }
    }

    /// Lambda frames a body by its length up to this many bytes, and what is longer in chunks.
    private static func isChunked(_ body: ByteView) -> Bool { body.count > 2048 }

    /// A moment of the environment's clock on the wall's.
    private static func wallMilliseconds(_ moment: Moment) -> Int64 {
        WallClock.milliseconds + (moment.nanoseconds - Instant.now.nanoseconds) / 1_000_000
    }
}
