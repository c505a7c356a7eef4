import CLinux
import Hold
import LambdaExtension

/// The extension: a ``HoldDriver`` that functions reach by the local protocol.
final class Extension: HoldDriver {
    let loop: EventLoop
    private let settings: Settings
    private let name: ByteView
    private let log: Log
    let client: ExtensionClient
    private let service: Service
    private(set) var server: HTTPServer?
    var policy: HoldPolicy
    private let sessions: Sessions
    private(set) var timer: EventLoop.Timer?
    let start = Instant.now
    private var exitCode = ExitCode.success
    /// Kept so that a cycle makes no closure.
    private var receiveEvent: (Result<ExtensionEventView, ExtensionError>) -> Void = { _ in }

    init(settings: Settings, name: ByteView, log: Log) throws(Errno) {
        self.settings = settings
        self.name = name
        self.log = log
        loop = try EventLoop()
        sessions = Sessions(loop: loop)
        client = ExtensionClient(loop: loop, endpoint: settings.endpoint)
        policy = HoldPolicy(settings.hold)
        service = Service(log: log)
    }

    /// Lives until SHUTDOWN, SIGTERM or a failure of Lambda's API.
    ///
    /// - Returns: the exit code.
    func run() throws(Errno) -> Int32 {
        timer = loop.makeTimer { [unowned(unsafe) self] in take(.timer) }
        sessions.onEnd = { [unowned(unsafe) self] in take(.sessionClosed) }
        sessions.onDone = { [unowned(unsafe) self] id, page in take(.done(id, from: .session), in: page) }
        receiveEvent = { [unowned(unsafe) self] result in receive(result) }
        try loop.handleSignal(SIGTERM) { [unowned(unsafe) self] in terminate() }
        try service.start(on: loop) { [unowned(unsafe) self] in policy }

        // The runtime starts once every extension has registered: listening must come first.
        if !listen() { policy.passThrough() }
        // Managed Instances refuse INVOKE.
        let events: SubscribedEvents = settings.hold.mode == .passThrough ? .shutdown : .all
        client.register(name: name, for: events) { [unowned(unsafe) self] result in
            switch result {
            case .success:
                askNext()
                service.ready()
            case .failure(let error): fail(error)
            }
        }
        // The connections that are closed with us are no inputs any more.
        defer { server?.onDisconnect = nil }
        try loop.run()
        return exitCode
    }

    /// Opens the local listeners; false when no address can be had, which must not harm the function.
    private func listen() -> Bool {
        let server = HTTPServer(loop: loop, limits: .local) { [unowned(unsafe) self] request, responder in
            answer(LocalRequest(request), responder)
        }
        server.onDisconnect = { [unowned(unsafe) self] connection in
            if sessions.close(connection) { take(.sessionClosed) }
        }
        self.server = server
        sessions.server = server
        if service.listen(with: server, admitting: Self.isWelcome) { return true }
        let addresses = settings.addresses
        let failures = List<ListenFailure>()
        var index = 0
        while index < addresses.count {
            do {
                let listener = try Socket.listen(on: addresses[index])
                try server.serve(listener, admitting: Self.isWelcome)
            } catch {
                failures.append(ListenFailure(place: index, error: error))
            }
            index += 1
        }
        let isListening = failures.count < addresses.count
        while failures.count > 0 { report(failures.removeFirst(), isListeningElsewhere: isListening) }
        return isListening
    }

    /// TCP has no credentials to look at, and whoever is on loopback is inside the environment; a Unix socket has.
    private static func isWelcome(_ peer: borrowing Socket) -> Bool {
        do {
            return try peer.peerCredentials()?.isSameUser ?? true
        } catch {
            return false
        }
    }

    private struct ListenFailure {
        /// The address's place in the settings.
        let place: Int
        let error: Errno
    }

    private func report(_ failure: ListenFailure, isListeningElsewhere: Bool) {
        log.write(.error, .cannotListen, error: failure.error) { line in
            line.append("cannot listen at ")
            settings.addresses[failure.place].append(to: &line)
            line.append(": ")
            failure.error.append(to: &line)
            line.append(
                isListeningElsewhere
                    ? "; functions reach this extension at its other addresses only"
                    : "; passing through: this extension will hold no invocation")
        }
    }

    @inline(never)
    func askNext() { client.next(receiveEvent) }

    // MARK: Inputs

    private func answer(_ request: LocalRequest, _ responder: HTTPResponder) {
        switch request {
        case .check(let pid, let wantsPage): check(pid, wantsPage, responder)
        case .done(let id):
            let caller: HoldPolicy.Caller = sessions.contains(responder.connection) ? .session : .other
            take(.done(id, from: caller), answering: responder)
        case .status:
            var page = Buffer(capacity: 512)
            appendStatus(to: &page)
            responder.respond(200, body: page.readable) { $0.appendField("Content-Type", "application/json") }
        case .refused(let status, let allow):
            responder.respond(status) { head in
                if let allow { head.appendField("Allow", ByteView(allow)) }
            }
        }
    }

    private func check(_ pid: UInt64?, _ wantsPage: Bool, _ responder: HTTPResponder) {
        var opensSession = false
        // None over TCP, and none wanted where nothing is held.
        var peer: PeerCredentials?
        // Where nothing is held there may be many processes, and none is looked after.
        if let pid, policy.settings.mode == .hold {
            peer = try? responder.peerCredentials()
            switch sessions.open(responder.connection, for: processNumber(of: peer, saying: pid)) {
            case .opened: opensSession = true
            case .joined: break
            case .taken: return responder.respond(409)
            }
        }
        responder.respond(200) { head in
            head.appendField(LocalProtocol.mode, ByteView(policy.settings.mode.name))
            head.appendField(LocalProtocol.version, ByteView(postinvokeVersion))
        }
        if wantsPage, peer != nil { sessions.passPage(over: responder) }
        responder.flush()
        if pid == nil || opensSession { take(.checkIn(opensSession: opensSession)) }
    }

    /// The number of the process that asks: over a Unix socket what the kernel says, over TCP what it says itself.
    private func processNumber(of credentials: PeerCredentials?, saying number: UInt64) -> UInt64 {
        guard let credentials else { return number }
        guard credentials.processID > 0 else {
            // It is in another namespace, where its number means something else: made one that no process has here.
            return number | 1 << 63
        }
        return UInt64(credentials.processID)
    }

    private func terminate() {
        service.stopping()
        log.write(.info, .stopping) { $0.append("SIGTERM: shutting down") }
        // Requests under way are answered; a peer that stops in the middle of one is not waited for.
        loop.makeTimer { [unowned(unsafe) self] in loop.stop() }.arm(after: .milliseconds(200))
        server?.drain { [unowned(unsafe) self] in loop.stop() }
    }

    // MARK: Actions

    func take(_ input: HoldPolicy.Input) { take(input, answering: nil) }

    /// The input is answered, or said to be taken, before anything comes of it: the environment may freeze as soon as Next is asked.
    private func take(
        _ input: HoldPolicy.Input, answering responder: HTTPResponder? = nil, in page: FunctionPage? = nil
    ) {
        let action = decide(input)
        log.journal.note(policy.state)
        if let responder {
            responder.respond(action.isRefusal ? 403 : 200, sentBefore: { act(action) })
        } else {
            page?.acknowledge()
            act(action)
        }
        service.changed()
    }

    private func act(_ action: HoldPolicy.Action) {
        // The time it was held is reported before Next is asked, too.
        if case .release(let release) = action, log.writes(.debug) { report(release) }
        carryOut(action)
    }

    func end() {
        service.stopping()
        loop.stop()
    }

    // Not inlined, so that the code every cycle passes through stays small.
    @inline(never)
    private func report(_ release: HoldPolicy.Release) {
        let hold = EndedHold(release, at: loop.now)
        log.write(.debug, .released, hold: hold) { line in
            line.append("released ")
            hold.requestID.withBytes { line.append(ByteView($0)) }
            line.append(" after ")
            line.append(decimal: hold.microseconds)
            line.append(" us: ")
            line.append(ByteView(hold.reason.name))
        }
    }

    /// Ends the process because Lambda's API failed; that is reported to Lambda where possible.
    func fail(_ error: ExtensionError) {
        exitCode = ExitCode.apiFailure
        service.stopping()
        log.write(.fatal, .apiFailed) { error.append(to: &$0) }
        guard error.call == .next else { return loop.stop() }
        var message = Buffer()
        error.append(to: &message)
        client.exitError(type: "Extension.APIFailure", message: message.readable) { [unowned(unsafe) self] _ in
            loop.stop()
        }
    }
}
