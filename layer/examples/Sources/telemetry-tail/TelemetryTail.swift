import LambdaExtension

/// Listens to the Telemetry API, and keeps each invocation open until the service has said that its runtime is done: only
/// then everything of it has arrived, and what is to be printed is printed before the environment may freeze.
final class TelemetryTail {
    private let loop: EventLoop
    private let lambda: ExtensionClient
    private let server: HTTPServer
    private let inbox: Inbox
    private let port: UInt16
    private var ledger = Ledger()
    /// Ends a wait for an event that does not come.
    private var patience: EventLoop.Timer?
    /// The request whose end is waited for.
    private var held: [UInt8]?
    private var isSubscribed = false
    private var isShuttingDown = false
    private var exitCode: Int32 = 0

    /// Where the server's handler finds this object, which is made after the server.
    private final class Inbox {
        unowned(unsafe) var owner: TelemetryTail?
    }

    init(endpoint: LambdaEndpoint) throws(Errno) {
        loop = try EventLoop()
        lambda = ExtensionClient(loop: loop, endpoint: endpoint)
        var limits = HTTPServer.Limits()
        // A batch, and one line that is larger than any batch should be.
        limits.bodyBytes = 4 << 20
        let inbox = Inbox()
        self.inbox = inbox
        server = HTTPServer(loop: loop, limits: limits) { request, responder in
            // Answered, and sent, before Next is asked for: after that nothing more may be.
            responder.respond(200)
            responder.flush()
            inbox.owner?.take(request.body)
        }
        let listener = try Socket.listen(on: Settings.address)
        port = try listener.localAddress()?.port ?? 0
        try server.serve(listener)
    }

    /// Lives until SHUTDOWN, or until Lambda's API fails.
    ///
    /// - Returns: the exit code.
    func run() throws(Errno) -> Int32 {
        inbox.owner = self
        patience = loop.makeTimer { [unowned(unsafe) self] in giveUp() }
        // On Managed Instances there is no INVOKE, and nothing to hold.
        let events: SubscribedEvents = Settings.isOnManagedInstances ? [.shutdown] : [.invoke, .shutdown]
        lambda.register(name: program.name, for: events) { [self] result in
            switch result {
            case .success: subscribe()
            case .failure(let error): fail(error)
            }
        }
        try loop.run()
        return exitCode
    }

    private func subscribe() {
        var telemetry = TelemetrySubscription(.platform, port: port)
        telemetry.maximumItems = 1_000
        telemetry.timeoutMilliseconds = Settings.bufferMilliseconds
        lambda.subscribe(to: telemetry) { [self] result in
            switch result {
            case .success(let outcome):
                isSubscribed = outcome == .subscribed
                if !isSubscribed { program.log { $0.append("there is no telemetry here") } }
                askForNext()
            case .failure(let error): fail(error)
            }
        }
    }

    private func askForNext() {
        patience?.cancel()
        held = nil
        printLines()
        lambda.next { [self] result in
            switch result {
            case .success(.invoke(let invocation)): hold(invocation)
            case .success(.shutdown): shutDown()
            case .success(.unknown): askForNext()
            case .failure(let error): fail(error)
            }
        }
    }

    private func hold(_ invocation: InvokeEvent) {
        let request = invocation.requestID.array
        // Its telemetry may have been faster.
        guard isSubscribed, !ledger.isRuntimeDone(request) else { return askForNext() }
        held = request
        // An event that was lost must not cost the function its time.
        let left = invocation.deadline - WallClock.milliseconds - 100
        patience?.arm(after: .milliseconds(max(left, 0)))
    }

    /// The report of the last invocation comes with the shutdown, if it comes.
    private func shutDown() {
        isShuttingDown = true
        patience?.arm(after: .milliseconds(500))
        goOn()
    }

    private func take(_ batch: ByteView) {
        do {
            try ledger.take(batch)
        } catch {
            program.log { line in
                line.append("a batch of telemetry is not JSON: expected ")
                line.append(ByteView(error.message))
                line.append(" at byte ")
                line.append(decimal: UInt64(error.offset))
            }
        }
        goOn()
    }

    private func goOn() {
        if isShuttingDown {
            if ledger.isSettled { stop() }
        } else if let held, ledger.isRuntimeDone(held) {
            askForNext()
        }
    }

    private func giveUp() { if isShuttingDown { stop() } else if held != nil { askForNext() } }

    private func stop() {
        ledger.giveUp()
        printLines()
        loop.stop()
    }

    private func printLines() {
        StandardStream.output.write(ledger.lines.readable)
        ledger.lines.removeAll()
    }

    private func fail(_ error: ExtensionError) {
        program.log { error.append(to: &$0) }
        exitCode = 1
        loop.stop()
    }
}
