import Bytes
import ReactorHTTP

/// The words of the local protocol, the language between functions and the extension.
public enum LocalProtocol {
    /// The path of the request by which a function checks in.
    public static var check: StaticString { "/check" }
    /// The path of the request that says that an invocation's work is done.
    public static var done: StaticString { "/done" }
    /// The path of the status page.
    public static var status: StaticString { "/status" }
    /// The field of a check that makes its connection a session: the id of the function's process.
    public static var session: StaticString { "Postinvoke-Session" }
    /// The field of a check over a Unix socket that asks for a ``DonePage``, of which `1` is the form. The answer carries two
    /// descriptors then, the memory's file and the eventfd; or none, and all is said by requests.
    public static var page: StaticString { "Postinvoke-Page" }
    /// The field of a done that names the invocation.
    public static var requestID: StaticString { "Lambda-Runtime-Aws-Request-Id" }
    /// The field of the answer to a check that says whether invocations are held: a ``HoldPolicy/Mode/name``.
    public static var mode: StaticString { "Postinvoke-Mode" }
    /// The field of that answer that has the extension's version.
    public static var version: StaticString { "Postinvoke-Version" }
}

/// A request of the local protocol.
public enum LocalRequest {
    /// `GET /check`; with the process id of an SDK that makes the connection its session, and perhaps asks for a page.
    case check(session: UInt64?, wantsPage: Bool)
    /// `POST /done`, for one invocation or for the one that runs.
    case done(RequestID?)
    /// `GET /status`
    case status
    /// Something that is not understood, and the answer to it.
    case refused(status: Int, allow: StaticString?)

    /// Reads a request.
    public init(_ request: HTTPRequest) {
        let path = request.path
        if path == ByteView(LocalProtocol.done) {
            self = request.method == "POST" ? Self.done(request) : .refused(status: 405, allow: "POST")
        } else if path == ByteView(LocalProtocol.check) {
            self = request.method == "GET" ? Self.check(request) : .refused(status: 405, allow: "GET")
        } else if path == ByteView(LocalProtocol.status) {
            self = request.method == "GET" ? .status : .refused(status: 405, allow: "GET")
        } else {
            self = .refused(status: 404, allow: nil)
        }
    }

    private static func check(_ request: HTTPRequest) -> LocalRequest {
        guard let session = request.field(LocalProtocol.session), !session.isEmpty else {
            return .check(session: nil, wantsPage: false)
        }
        guard let pid = session.decimal, pid > 0 else { return .refused(status: 400, allow: nil) }
        return .check(session: pid, wantsPage: request.field(LocalProtocol.page).map { $0 == "1" } ?? false)
    }

    private static func done(_ request: HTTPRequest) -> LocalRequest {
        guard let text = request.field(LocalProtocol.requestID), !text.isEmpty else { return .done(nil) }
        guard let id = RequestID(text.rawBuffer) else { return .refused(status: 400, allow: nil) }
        return .done(id)
    }
}
