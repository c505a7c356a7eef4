import FoundationEssentials
import Glibc
import Sandbox
import SandboxPage
import SandboxService
import Terminal
import Timeline

/// Drives the environments of a function through a run: invokes, waits, serves, shuts down, and keeps the books.
final class Runner: Observer {
    /// The task of a run.
    struct Plan {
        var payload: [UInt8]
        /// Invocations until the shutdown; nil for no end.
        var count: Int?
        /// Invocations under way at a time, on Managed Instances as many as workers wait.
        var concurrency = 1
        var interval: Duration
        var limits = FleetPolicy.Limits()
        /// The watch's plan; nil for no watch.
        var watch: Watch.Plan?
        /// The address of the Invoke API; nil for none.
        var serve: SocketAddress?
        /// The address of the function's URL; nil for none.
        var http: SocketAddress?
        /// True if callers invoke, and not the run itself.
        var isServing: Bool { serve != nil || http != nil }
        var servedName: String?
        var timeline: String?
        var records: String?
        var failures: String?
        /// The file for the variables of an attached function; nil for none.
        var variables: String?
        /// The descriptor of the log.
        var log: Int32
        var style: Console.Style
    }

    private let settings: Settings
    private let plan: Plan
    private let loop: EventLoop
    private let fleet: Fleet
    private let console: Console
    private var server: InvokeServer?
    private var page: Page?
    private var url: FunctionURL?
    private var service: Service!
    private var watch: Watch?
    /// The output of a build, to be shown with what is said of it.
    private var output = ""
    /// The variables that were printed last.
    private var asked: [String] = []
    /// The pictures of the first environments.
    private var pictures: [Picture] = []
    private var environments = 0
    /// The number of callers for whom there was none, or whose events were too many.
    private var refused = 0
    /// The kinds of invocations of which a refusal has been told: true for events.
    private var told: Set<Bool> = []
    private var pause: EventLoop.Timer!
    private var made = 0
    private var ended = 0
    /// Invocations that have had a START, and whose caller has no answer yet.
    private var begun: Set<String> = []
    /// When those that ended make room for another; as many as there are.
    private var resting: [Instant] = []
    private var failed = 0
    private var unanswered = 0
    private var isClean = true
    private var isInterrupted = false
    /// The most connections of callers at each address.
    private var callers: Int

    init(settings: Settings, plan: Plan) {
        self.settings = settings
        self.plan = plan
        callers = settings.concurrency + 1024
        loop = orExit(71) { () throws(Errno) in try EventLoop() }
        fleet = Fleet(
            loop: loop, settings: settings, limits: plan.limits, inherited: ProcessInfo.processInfo.environment)
        console = Console(loop: loop, descriptor: plan.log, style: plan.style, settings: settings)
        pause = loop.makeTimer { [unowned self] in isConcurrent ? fill(after: true) : invoke() }
        service = Service(loop: loop, program: "lambda-sandbox") { [unowned self] in status }
    }

    /// Runs to the end; returns the exit code.
    func run() -> Int32 {
        // Before anything runs, so that a run is not lost for a folder that is not there.
        let records = plan.records.map { file in
            RecordFile(
                file == "-" ? orExit(71) { () throws(Errno) in try .duplicate(of: 1) } : create(file, for: "--json"))
        }
        let failures = plan.failures.map { RecordFile(create($0, for: "--on-failure")) }
        let timeline: FileDescriptor? = plan.timeline.map { create($0, for: "--timeline") }
        fleet.makeObservers = { [unowned self] in makeObservers(of: $0, records) }
        fleet.onRefusal = { [unowned self] invocation in
            // Only the first: one who asks again and again would fill a pipe that nobody reads. The records have each.
            if told.insert(invocation.isAsynchronous).inserted { say(describe(refusalOf: invocation)) }
            refused += 1
            records?.writeThrottle(invocation.id)
            page?.refuse(invocation.id)
        }
        fleet.onDiscard = { [unowned self] event in
            failures?.write(event.record(of: settings, at: WallClock.milliseconds))
            goOn()
        }
        for (signal, name) in [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM"), (SIGHUP, "SIGHUP")] {
            orExit(71) { () throws(Errno) in
                try loop.handleSignal(signal) { [unowned self] in
                    // No terminal hangs up on a service: its manager's SIGHUP asks how things stand.
                    if signal == SIGHUP, service.isManaged { service.tellStatus(status) } else { interrupt(name) }
                }
            }
        }
        signal(SIGPIPE, SIG_IGN)
        fleet.onClose = { [unowned self] in finish() }
        raiseDescriptorLimit()
        // Before anybody hears that all is set up, who may then change something.
        if let plan = plan.watch { startWatching(plan) }
        if let address = plan.serve { startServing(address) }
        if let address = plan.http { startURL(address) }
        fleet.start()
        if !plan.isServing { invoke() }
        orExit(71) { () throws(Errno) in try loop.run() }
        console.flush()
        if let timeline {
            let svg = Picture.svg(of: pictures, count: environments, refused: refused)
            orExit(74) { () throws(Errno) in try timeline.writeAll(svg) }
        }
        for (option, file) in [("--json", records), ("--on-failure", failures)] {
            if let failure = file?.failure { fail("\(option): \(failure.text.string)", 74) }
        }
        return exitCode
    }

    private func makeObservers(of sandbox: Sandbox, _ records: RecordFile?) -> [any Observer] {
        environments = sandbox.number
        if sandbox.number > 1 { console.tellsEnvironments = true }
        sandbox.onAwait = { [unowned self] in askForFunction($0) }
        var observers: [any Observer] = [console.view(of: sandbox.number)]
        if let records { observers.append(RecordWriter(records, of: sandbox)) }
        if let page { observers.append(page.observer(of: sandbox)) }
        if plan.timeline != nil, pictures.count < Recorder.environments {
            pictures.append(
                Picture(
                    Recorder(
                        title: settings.name, extensions: settings.extensions.map(Settings.fileName),
                        isConcurrent: isConcurrent)))
            observers.append(pictures.last!)
        }
        return observers + [self, service]
    }

    private func describe(refusalOf invocation: Invocation) -> String {
        let reason =
            invocation.isAsynchronous
            ? "events of \(plan.limits.eventBytes >> 20) MiB wait already, and no more may"
            : "all are at work that --environments \(plan.limits.environments) allows"
        return "\(invocation.id): refused with 429: \(reason)"
    }

    /// Makes room for the connections of all workers, or environments, and their callers; the processes inherit it.
    private func raiseDescriptorLimit() {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        // An environment has a listener, and a pipe, a process and two connections for each of its programs.
        let perEnvironment = 1 + 4 * (1 + settings.extensions.count)
        let needed = 2 * settings.concurrency + (1 + perEnvironment) * plan.limits.environments + 256
        let servers = (plan.serve == nil ? 0 : 1) + (plan.http == nil ? 0 : 1)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, rlim_t(needed + servers * callers)))
        // Callers who only keep their connections open take from no environment what it is started with.
        let left = max(0, Int(clamping: limit.rlim_cur) - needed)
        callers = min(callers, max(settings.concurrency, plan.limits.environments) + left / max(1, servers))
        guard setrlimit(resource, &limit) == 0, limit.rlim_cur >= needed else {
            return say(
                "a limit of \(limit.rlim_cur) descriptors is less than so many workers or environments need;"
                    + " ulimit -n \(needed) would raise it")
        }
    }

    private var exitCode: Int32 {
        if isInterrupted, !plan.isServing, ended < plan.count ?? 0 { return 130 }
        // Whoever serves until a signal comes has failed those alone who were left without an answer.
        if failed + unanswered > 0 { return 1 }
        return isClean ? 0 : 2
    }

    // MARK: The run

    func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {
        switch happening {
        case .answered(_, .failure(let failure), _) where failure.isInterruption: unanswered += 1
        case .answered(let id, let outcome, _):
            if outcome.errorType != nil { failed += 1 }
            // Refused: it has no START, and so no END.
            guard begun.remove(id) == nil else { return }
            ended += 1
            goOn()
        case .note(.invocationStarted(let id, _, _)): begun.insert(id)
        case .note(.workerIdle): if isConcurrent { loop.enqueue { [self] in fill(after: false) } }
        case .note(.invocationEnded(let report)):
            guard report.failure?.isInterruption != true else { return }
            // One that failed before its response is counted when its caller is answered.
            if report.failure != nil, report.responded != nil, report.responseErrorType == nil { failed += 1 }
            ended += 1
            goOn()
        case .note(.exited(_, _, isExpected: false)): isClean = false
        case .note(.stopped(let report)): if !report.isReset, !report.isClean { isClean = false }
        case .note, .output, .platform: break
        }
    }

    /// The status of the run, for a service manager.
    private var status: String {
        let goal = plan.count.map { " of \($0)" } ?? ""
        return "\(ended)\(goal) invocations ended, \(failed) failed"
    }

    private func goOn() {
        if let count = plan.count, ended >= count {
            // By then the fleet knows, too, what has ended. An event that failed has its further attempts first.
            return loop.enqueue { [self] in
                if !fleet.isRetrying { shutDown(nil) }
            }
        }
        guard !plan.isServing, !isInterrupted else { return }
        if isConcurrent {
            if plan.interval > .zero { resting.append(.now + plan.interval) }
            loop.enqueue { [self] in fill(after: false) }
        } else if plan.interval > .zero {
            pause.arm(after: plan.interval)
        } else {
            loop.enqueue { [self] in invoke() }
        }
    }

    private var isConcurrent: Bool { settings.kind == .managedInstances }

    /// Invokes for every idle worker, up to the concurrency, and then waits for the first reason to do so again.
    ///
    /// An environment that broke is started by the next invocation. A function none of whose workers comes back is invoked all the
    /// same when its timeout is over, and what becomes of that is reported: a run does not hang for its sake.
    private func fill(after isLate: Bool) {
        guard !plan.isServing, !isInterrupted, made < plan.count ?? .max else { return }
        let now = Instant.now
        resting.removeAll { $0 <= now }
        var isDue = (isLate || !fleet.isUp) && resting.isEmpty && made == ended
        while made - ended + resting.count < plan.concurrency, made < plan.count ?? .max,
            fleet.idleWorkers > 0 || isDue
        {
            isDue = false
            invoke()
        }
        if let first = resting.first {
            pause.arm(at: first)
        } else if made == ended {
            pause.arm(after: settings.timeout)
        } else {
            pause.cancel()
        }
    }

    private func invoke() {
        guard !isInterrupted, made < plan.count ?? .max else { return }
        made += 1
        fleet.invoke(Invocation(id: fleet.makeRequestID(), payload: plan.payload)) { _ in }
    }

    private func startServing(_ address: SocketAddress) {
        do throws(Errno) {
            let server = try InvokeServer(
                fleet: fleet, listener: listen(on: address), name: plan.servedName, connections: callers)
            self.server = server
            server.onRefusal = { say($0) }
            say("Invoke API at http://\(server.address)")
            page = Page(of: fleet, on: server)
            say(page.map { "page at \($0.url)" } ?? "no page, since other machines may ask at \(server.address)")
        } catch {
            failListening(on: address, error)
        }
    }

    private func startURL(_ address: SocketAddress) {
        do throws(Errno) {
            let url = try FunctionURL(fleet: fleet, listener: listen(on: address), connections: callers)
            self.url = url
            if !plan.style.isQuiet { url.onAnswer = { say($0) } }
            url.onFault = { say($0) }
            say("function URL at http://\(url.address)/")
        } catch {
            failListening(on: address, error)
        }
    }

    /// Has the function be started by hand; its variables are printed when they are others than before.
    private func askForFunction(_ variables: [String]) {
        guard variables != asked else { return say("waiting for the function") }
        asked = variables
        if let file = plan.variables { write(variables, to: file) }
        say("waiting for the function, to be started with these variables:")
        for variable in variables {
            let name = String(reflecting: String(variable.prefix { $0 != "=" }))
            writeToStandardError((ShellVariable.line(for: variable) ?? "# a shell cannot set \(name)") + "\n")
        }
    }

    /// A file that cannot be written costs nobody the run: the variables are printed all the same.
    private func write(_ variables: [String], to file: String) {
        do throws(Errno) {
            let lines = variables.compactMap(ShellVariable.assignment).map { $0 + "\n" }.joined()
            try FileDescriptor.create(file).writeAll(lines)
        } catch {
            say("--env-file \(file): \(error.text.string)")
        }
    }

    private func startWatching(_ plan: Watch.Plan) {
        do throws(Errno) {
            watch = try Watch(
                loop: loop, settings: settings, plan: plan,
                say: { [unowned self] text in
                    say(text)
                    page?.say(text, output: output)
                    output = ""
                },
                print: { [unowned self] text in
                    writeToStandardError(text)
                    output += text
                },
                onRenewal: { [fleet] in fleet.renew() })
        } catch {
            fail("cannot watch: \(error.text.string)" + (error.rawValue == ENOSPC ? ", see inotify(7)" : ""), 71)
        }
    }

    private func failListening(on address: SocketAddress, _ error: Errno) -> Never {
        let remedy = error == .addressInUse ? "; another program has it: take another port, or 0 for a free one" : ""
        fail("cannot listen on \(address): \(error.text.string)\(remedy)", 69)
    }

    /// The listener that a service manager passed, or else one of our own.
    private func listen(on address: SocketAddress) throws(Errno) -> Socket {
        if let passed = service.takeListener()?.take() { return passed }
        return try Socket.listen(on: address)
    }

    // MARK: The end

    private func interrupt(_ signal: String) {
        guard !isInterrupted else {
            say("killing all processes")
            return fleet.kill()
        }
        isInterrupted = true
        shutDown(signal)
    }

    private func shutDown(_ signal: String?) {
        service.stopping(signal)
        watch = nil
        pause.cancel()
        fleet.shutdown()
    }

    /// Every environment is closed; whoever still waits for an answer gets it first.
    private func finish() {
        if fleet.eventCount > 0 {
            unanswered += fleet.eventCount
            say("asynchronous invocations left undone: \(fleet.eventCount)")
        }
        guard plan.isServing else { return loop.stop() }
        page?.close()
        let limit = loop.makeTimer { [loop] in loop.stop() }
        limit.arm(after: .seconds(1))
        var left = 2
        let drained = { [loop] in
            left -= 1
            if left == 0 { loop.stop() }
        }
        if let server { server.drain(drained) } else { drained() }
        if let url { url.drain(drained) } else { drained() }
    }

    private func create(_ file: String, for option: String) -> FileDescriptor {
        do throws(Errno) {
            return try .create(file)
        } catch {
            fail("\(option) \(file): \(error.text.string)", 73)
        }
    }
}

/// Opens `/dev/null` for each standard stream that is closed: what is opened next would have its number, and the log written into it.
func openStandardStreams() {
    var number: Int32
    repeat { number = open("/dev/null", O_RDWR) } while 0...2 ~= number
    close(number)
}

/// Says something on standard error, apart from the function's log.
func say(_ text: String) { say(text, as: "lambda-sandbox") }

/// Says what is wrong and exits.
func fail(_ text: String, _ code: Int32) -> Never {
    say(text)
    exit(code)
}

/// A refusal by the system is final here.
private func orExit<Result: ~Copyable>(_ code: Int32, _ body: () throws(Errno) -> Result) -> Result {
    do {
        return try body()
    } catch {
        fail("\(error)", code)
    }
}
