/// One thing that happens around the extension. A run is a list of these, so that it can be repeated, shortened and read.
///
/// One that makes no sense where it stands, such as closing what is not open, does nothing: any part of a list is a list.
indirect enum Action: Equatable, Sendable {
    /// The extension goes on with what is ready.
    case run
    /// The clocks move, in milliseconds. They part in a freeze, and the wall clock may be set back.
    case clocks(wall: Int64, monotonic: Int64)

    /// A process begins, or ends; its connections end with it, unless a child has inherited them.
    case startProcess(Int32)
    case endProcess(Int32, isSurvivedByConnections: Bool)
    /// A snapshot is restored, so many milliseconds later by the wall clock. Connections may be gone: Lambda's ended or reset, the
    /// functions' reset.
    case restore(wall: Int64, endsAPI: Bool, resetsAPI: Bool, resetsFunctions: Bool)

    /// A peer connects; over a Unix socket, perhaps as another user or from another namespace.
    case connect(Int, Transport)
    /// So many strangers connect at once.
    case crowd(Int)
    /// A peer sends a request.
    case send(Int, LocalRequest)
    /// So many of a peer's bytes arrive.
    case deliver(Int, Int)
    /// A peer says through its page, if it has one, that an invocation is done: hastily, though what it said before was not taken,
    /// or without waking anybody.
    case tell(Int, LocalRequest.Which, isHasty: Bool, rings: Bool)
    /// A peer writes anything into its page, drawn from a seed, and wakes the extension.
    case scribble(Int, UInt64)
    /// A peer only wakes it, so often.
    case ring(Int, Int)
    /// A peer ends its writing direction.
    case end(Int)
    /// A peer closes its connection.
    case close(Int)
    /// A peer's connection is reset, with or without what has arrived and was not read.
    case reset(Int, keepsArrived: Bool)
    /// A peer takes only so many bytes more; nil for any number.
    case window(Int, Int?)

    /// Lambda answers what it was asked.
    case answer(Answer, isChunked: Bool)
    /// So many of Lambda's bytes arrive.
    case deliverAnswer(Int)
    /// Lambda's end of the connection is made, or refused.
    case welcome(Bool)
    /// Lambda closes its end, or resets it.
    case hangUp(isReset: Bool)
    /// Lambda takes only so many bytes more; nil for any number.
    case answerWindow(Int?)

    /// The next call of this kind fails, or does less than it could.
    case fault(Call, Fault)
    /// The next wait reports bytes on a peer's connection, where there are none.
    case spurious(Int)
    /// The next wait reports what is ready in another order, and only so much.
    case reorder(Int, limit: Int)
    /// Something happens before the so-manieth call from now, between two calls of one turn.
    case amidst(Int, Action)
    /// SIGTERM.
    case terminate

    enum Transport: Equatable, Sendable {
        case tcp, unix, unixAsOther, unixFromElsewhere
    }

    enum Call: Equatable, Sendable {
        case wait, control, accept, read, write, socket, listen, epoll, signals, alarm, process, watch
        case memory, memoryWrite, seal, map, event, watchPage, pass
    }

    enum Fault: Equatable, Sendable {
        case error(Int32)
        case short(Int)
    }

    /// An answer of Lambda's to a call.
    enum Answer: Equatable, Sendable {
        /// Success: the registration, or SHUTDOWN.
        case fine, shutdown
        /// INVOKE, with a deadline so many milliseconds ahead; the last one again, or a new one.
        case invoke(deadline: Int64, isRepeated: Bool)
        /// An event of a kind to come.
        case unknownEvent
        case status(Int)
        /// No HTTP, no JSON, or half an answer and the end.
        case garbage, brokenJSON, truncated
    }
}

/// A request of a peer to the extension.
enum LocalRequest: Equatable, Sendable {
    case check
    case session(Int)
    /// The same, and asks for a page.
    case pageSession(Int)
    case done(Which)
    /// The same in chunks.
    case chunkedDone(Which)
    case status, unknown, wrongMethod
    /// A check, and then the end of the connection.
    case lastCheck
    /// Something of ``malformations``.
    case malformed(Int)
    /// The beginning of a `/done`, and nothing of the rest.
    case half

    enum Which: Equatable, Sendable {
        case current, previous, foreign, unnamed
    }

    func text(invocation: Int) -> String {
        switch self {
        case .check: "GET /check HTTP/1.1\r\nHost: a\r\n\r\n"
        case .session(let pid): "GET /check HTTP/1.1\r\nHost: a\r\nPostinvoke-Session: \(pid)\r\n\r\n"
        case .pageSession(let pid):
            "GET /check HTTP/1.1\r\nHost: a\r\nPostinvoke-Session: \(pid)\r\nPostinvoke-Page: 1\r\n\r\n"
        case .done(let which): "POST /done HTTP/1.1\r\nHost: a\r\n\(which.field(invocation))Content-Length: 0\r\n\r\n"
        case .chunkedDone(let which):
            "POST /done HTTP/1.1\r\nHost: a\r\n\(which.field(invocation))Transfer-Encoding: chunked\r\n\r\n"
                + "3;x\r\nabc\r\n5\r\n GET \r\n0\r\nTrailer: x\r\n\r\n"
        case .status: "GET /status HTTP/1.1\r\nHost: a\r\n\r\n"
        case .unknown: "GET /done/ HTTP/1.1\r\nHost: a\r\n\r\n"
        case .wrongMethod: "PUT /done HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
        case .lastCheck: "GET /check HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        case .malformed(let index): Self.malformations[index % Self.malformations.count]
        case .half: "POST /do"
        }
    }

    /// Each is refused, and what a lenient reader would take for a second request in it is never served.
    static let malformations: [String] = {
        let release = "POST /done HTTP/1.1\r\nHost: a\r\n\r\n"
        return [
            "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\(release)",
            "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n\(release)",
            "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n\(release)",
            "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n\(release)",
            "POST /x HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n\(release)",
            "POST /x HTTP/1.1\nHost: a\n\n\(release)",
            "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff0\r\n\(release)",
            "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n\(release)",
            "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nax\n0\r\n\r\n\(release)",
            "POST /done HTTP/1.1\r\n\r\n",
            "GET /check HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 17_000))\r\n\r\n",
        ]
    }()
}

extension LocalRequest.Which {
    func id(_ invocation: Int) -> String? {
        switch self {
        case .current: "id-\(invocation)"
        case .previous: "id-\(invocation - 1)"
        case .foreign: "somebody-elses"
        case .unnamed: nil
        }
    }

    func field(_ invocation: Int) -> String {
        id(invocation).map { "Lambda-Runtime-Aws-Request-Id: \($0)\r\n" } ?? ""
    }
}
