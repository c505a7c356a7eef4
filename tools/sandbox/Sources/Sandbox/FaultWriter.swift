import JSON
import ReactorHTTP

/// Writes the wrong answers of an ``AnswerFault``.
struct FaultWriter {
    let fault: AnswerFault

    init(_ fault: AnswerFault) { self.fault = fault }

    func write(to responder: HTTPResponder) {
        switch fault.kind {
        case .status(let status):
            var body = Buffer()
            body.appendJSONObject { object in
                object.field("errorMessage", ByteView("as asked by --fault"))
                object.field("errorType", ByteView("Sandbox.Fault"))
            }
            responder.respond(status, body: body.readable) { head in
                head.appendField("Content-Type", "application/json")
            }
        case .never: break
        case .garbage: responder.abort(after: "\u{1}\u{2}this is no HTTP\r\n\r\n")
        case .truncated:
            responder.abort(
                after: "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 512\r\n\r\n{\"half\":")
        case .reset: responder.abort(isReset: true)
        }
    }
}
