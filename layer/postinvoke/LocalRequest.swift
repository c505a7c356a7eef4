import HoldPolicy
import LambdaExtension

/// A request of the local protocol, the language between functions and the extension.
enum LocalRequest {
    /// `GET /check`; with the process id of an SDK that makes the connection its session.
    case check(session: UInt64?)
    /// `POST /done`, for one invocation or for the one that runs.
    case done(RequestID?)
    /// `GET /status`
    case status
    /// Something that is not understood, and the answer to it.
    case refused(status: Int, allow: StaticString?)

    /// Reads a request.
    init(_ request: HTTPRequest) {
        let path = request.path
        if path == "/done" {
            self = request.method == "POST" ? Self.done(request) : .refused(status: 405, allow: "POST")
        } else if path == "/check" {
            self = request.method == "GET" ? Self.check(request) : .refused(status: 405, allow: "GET")
        } else if path == "/status" {
            self = request.method == "GET" ? .status : .refused(status: 405, allow: "GET")
        } else {
            self = .refused(status: 404, allow: nil)
        }
    }

    private static func check(_ request: HTTPRequest) -> LocalRequest {
        guard let session = request.field("Postinvoke-Session"), !session.isEmpty else { return .check(session: nil) }
        guard let pid = session.decimal, pid > 0 else { return .refused(status: 400, allow: nil) }
        return .check(session: pid)
    }

    private static func done(_ request: HTTPRequest) -> LocalRequest {
        guard let text = request.field("Lambda-Runtime-Aws-Request-Id"), !text.isEmpty else { return .done(nil) }
        guard let id = RequestID(text.rawBuffer) else { return .refused(status: 400, allow: nil) }
        return .done(id)
    }
}
