import ReactorHTTP

/// Writes the wrong answers of an ``AnswerFault``.
struct FaultWriter {
    let fault: AnswerFault

    func write(to responder: HTTPResponder) {
        switch fault.kind {
        case .status(let status):
            responder.respond(
                status,
                [("errorMessage", .string("as asked by --fault")), ("errorType", .string("Sandbox.Fault"))]
            ) { $0.appendField("Content-Type", "application/json") }
        case .never: break
        case .garbage: responder.abort(after: "\u{1}\u{2}this is no HTTP\r\n\r\n")
        case .truncated:
            responder.abort(
                after: "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 512\r\n\r\n{\"half\":")
        case .reset: responder.abort(isReset: true)
        }
    }
}
