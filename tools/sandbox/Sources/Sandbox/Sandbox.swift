import Glibc

/// One execution environment made of real processes: carries out what an ``SandboxCore/Environment`` decides.
///
/// It lives on an event loop and belongs to that loop's thread.
package final class Sandbox {
    package let loop: EventLoop
    /// The programs it runs, and their settings.
    package let settings: Settings
    /// Its number among the environments of the function, from 1 in the order of their starts.
    package let number: Int
    /// Its number among those that are there at the same time, the lowest from 1 that no other has.
    package let place: Int
    /// The name of its log stream, which tells it from other environments of the function.
    package let logStream: String
    /// The observers, in the order in which they are notified.
    // Release builds leave out the run-time check of exclusive access, here and below.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    package var observers: [any Observer] = []
    /// Called once, when the environment has been shut down.
    package var onClose: (() -> Void)?
    /// Called when an attached function is to be started, with the variables that it needs beside this process's.
    package var onAwait: (([String]) -> Void)?

    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var environment: Environment
    private let variables: ProcessEnvironment
    /// The port at which the next start offers the APIs; 0 for a free one.
    private var apiPort: UInt16
    /// The metadata endpoint, which every start offers.
    let metadata: MetadataEndpoint
    private var processes: [ProcessID: ChildProcess] = [:]
    /// Those to be stopped at the end of the loop's round, unless they are thawed before: an invocation that follows at once is
    /// not worth two signals.
    private var freezing: [ProcessID] = []
    /// Those whose executable somebody is writing.
    private var delayed: Set<ProcessID> = []
    private var server: APIServer?
    private var callers: [String: (Outcome) -> Void] = [:]
    private var readers: [String: any ResponseReader] = [:]
    private var timer: EventLoop.Timer!
    private var memoryTimer: EventLoop.Timer!
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var inputs: [(input: Input, moment: Moment)] = []
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var consequences = Consequences()
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var isHandling = false
    private var lastCall: UInt64 = 0
    /// The most memory that all processes together had in use, in megabytes, as far as was looked.
    package private(set) var peakMemory = 0
    /// True once it was said that it has had more in use than production allows.
    private var isTooLarge = false
    private var lastMeasured = Moment.zero
    private var measuredProcesses = 0
    private var identifiers: IdentifierSource
    private let telemetry: Telemetry
    private let wakefulness: Wakefulness
    private var records = PlatformRecords()
    private var faults: FaultCounter
    /// Why there is no API to offer; nil while there is one.
    private var apiFailure: Errno?

    /// A sandbox in which nothing runs yet.
    ///
    /// - Parameter inherited: the variables of this process.
    package init(
        loop: EventLoop, settings: Settings, inherited: [String: String] = [:], number: Int = 1, place: Int = 1
    ) {
        self.loop = loop
        self.number = number
        self.place = place
        self.settings = settings
        var configuration = Configuration(
            extensions: settings.extensions.map(Settings.fileName),
            timeout: settings.isAttached ? Settings.attachedLimit : settings.timeout,
            seed: UInt64.random(in: 0...UInt64.max))
        configuration.kind = settings.kind
        configuration.isAttached = settings.isAttached
        apiPort = settings.apiPort
        configuration.concurrency = settings.concurrency
        configuration.snapshotInterval = settings.snapshotInterval
        configuration.restoreLimit = settings.restoreLimit
        if settings.isAttached {
            configuration.initLimit = Settings.attachedLimit
        } else if let limit = settings.initLimit {
            (configuration.initLimit, configuration.snapshotLimit) = (limit, limit)
        }
        if let limit = settings.shutdownLimit {
            configuration.shutdownLimit = limit
            configuration.functionShare = limit
            configuration.functionShareWithInternal = limit
            configuration.functionShareOnManagedInstances = limit
        }
        environment = Environment(configuration)
        telemetry = Telemetry(loop: loop, settings: settings)
        wakefulness = Wakefulness(loop: loop)
        identifiers = IdentifierSource(seed: UInt64.random(in: 0...UInt64.max))
        metadata = MetadataEndpoint(token: identifiers.uuid(), availabilityZone: settings.availabilityZone)
        logStream = LogStream.name(at: WallClock.milliseconds, &identifiers)
        variables = ProcessEnvironment(
            settings: settings, inherited: inherited, metadataToken: metadata.token, logStream: logStream,
            place: place)
        faults = FaultCounter(settings.faults)
        timer = loop.makeTimer { [unowned self] in feed(.time) }
        // Unlike the other, it may be armed when nobody needs this any more.
        memoryTimer = loop.makeTimer { [weak self] in
            self?.measure(at: Moment(nanoseconds: Instant.now.nanoseconds))
            self?.watchMemory()
        }
    }

    /// The number of calls of the function that wait for an event.
    package var idleWorkers: Int {
        // What has been asked for has one, even while it waits for output to be read.
        environment.idleWorkers - inputs.count { if case .invoke = $0.input { true } else { false } }
    }

    /// True if processes run or start; where none do, the next invocation starts them.
    package var isUp: Bool { environment.isUp }

    /// True if the environment has been shut down.
    package var isClosed: Bool { environment.isClosed }

    /// The numbers of the processes that run, by name.
    package var processNumbers: [String: Int32] {
        var numbers: [String: Int32] = [:]
        for (process, child) in processes { numbers[name(of: process.role)] = child.number }
        return numbers
    }

    /// Starts the processes now rather than at the first invocation.
    package func start() { feed(.start) }

    /// Invokes the function; `completion` is called once, with what a caller gets.
    ///
    /// - Parameters:
    ///   - isAsynchronous: true if nobody waits for the answer: on Managed Instances the event then waits for an idle
    ///     worker, and has longer.
    ///   - id: the request id; nil for a fresh one. As long as a caller waits for its answer, no other can have its id.
    /// - Returns: the request id.
    @discardableResult
    package func invoke(
        _ payload: [UInt8], traceID: String = "", clientContext: String = "", tenantID: String = "",
        qualifier: String = "", isAsynchronous: Bool = false, id: String? = nil, completion: @escaping (Outcome) -> Void
    ) -> String {
        let id = id ?? identifiers.uuid()
        invoke(
            Invocation(
                id: id, payload: payload, traceID: traceID, clientContext: clientContext, tenantID: tenantID,
                qualifier: qualifier, isAsynchronous: isAsynchronous), completion: completion)
        return id
    }

    /// The same, with all that is said of it in one.
    package func invoke(_ invocation: Invocation, completion: @escaping (Outcome) -> Void) {
        var invocation = invocation
        guard callers[invocation.id] == nil else { return completion(.failure(.duplicate)) }
        if invocation.traceID.isEmpty {
            invocation.traceID = identifiers.traceHeader(seconds: WallClock.milliseconds / 1000)
        }
        callers[invocation.id] = completion
        records.expect(invocation.id, trace: invocation.traceID)
        feed(.invoke(invocation))
    }

    /// Has an invocation that is about to be made hand on its response as it comes, if the function streams it.
    package func handOn(_ id: String, to reader: any ResponseReader) { readers[id] = reader }

    package func makeRequestID() -> String { identifiers.uuid() }

    /// Ends the environment in order; ``onClose`` is called when that is done.
    package func shutdown() { feed(.shutdown) }

    /// Starts the processes anew once nobody is at work: their programs are other ones now.
    package func renew() { feed(.renew) }

    /// Sends a signal to a process and its group; false where none of this name runs.
    package func send(_ signal: Int32, to process: String) -> Bool {
        guard let child = processes.first(where: { name(of: $0.key.role) == process })?.value else { return false }
        return Glibc.kill(-child.number, signal) == 0
    }

    /// Answers a call wrongly, counted from now on.
    package func inject(_ fault: AnswerFault) { faults.add(fault) }

    /// Kills every process now.
    package func kill() {
        while let process = delayed.popFirst() { giveUp(process) }
        for child in processes.values { child.send(.kill) }
    }

    // MARK: Inputs

    func makeCall() -> Call {
        lastCall += 1
        return Call(id: lastCall)
    }

    /// The wrong answer that the call which has just come is to get, with a line in the log; nil for most.
    func takeFault(of call: AnswerFault.Call) -> AnswerFault? {
        guard let fault = faults.take(call) else { return nil }
        say(.answerFault(fault))
        return fault
    }

    /// Says something of the sandbox's own that no happening of the environment leads to.
    private func say(_ kind: PlatformRecord.Kind) {
        let time = HappeningTime.now
        let record = PlatformRecord(kind, at: time)
        for observer in observers { observer.observe(.platform(record), at: time, memory: peakMemory) }
    }

    /// Hands an input to the environment, or keeps it until what came of those before has been done.
    ///
    /// - Parameter isInTurn: true in the turn of a connection, which sends answers at its end: what else comes of the input then follows
    ///   behind that, while the process is at work again.
    func feed(_ input: Input, inTurn isInTurn: Bool = false) {
        inputs.append((input, Moment(nanoseconds: Instant.now.nanoseconds)))
        goOn(inTurn: isInTurn)
    }

    private func goOn(inTurn isInTurn: Bool = false) {
        guard !isHandling else { return }
        isHandling = true
        let isDone = handleInputs(inTurn: isInTurn)
        isHandling = false
        guard isDone else { return }
        if let deadline = environment.nextDeadline {
            timer.arm(at: Instant(nanoseconds: deadline.nanoseconds))
        } else {
            timer.cancel()
        }
        if environment.isClosed, let onClose {
            self.onClose = nil
            loop.enqueue(onClose)
        }
    }

    /// Returns true if nothing is left to do.
    private func handleInputs(inTurn isInTurn: Bool) -> Bool {
        var index = 0
        defer { inputs.removeFirst(index) }
        while true {
            if !consequences.isEmpty {
                guard isCaughtUp() else { return false }
                if carryOut(inTurn: isInTurn && index == inputs.count) { continue }
                loop.enqueue { [weak self] in self?.goOn() }
                return false
            }
            guard index < inputs.count else { return true }
            let (input, moment) = inputs[index]
            consequences = Consequences(environment.handle(input, at: moment), at: moment)
            index += 1
            guard !consequences.isEmpty else { continue }
            // Output that the processes wrote before this comes before any report of it.
            for child in processes.values { child.catchUp() }
        }
    }

    /// True if the output that comes before what is to be done now has been read.
    private func isCaughtUp() -> Bool { processes.values.allSatisfy(\.isCaughtUp) }

    /// Does what is to be done now; false if some of it is left for later in the round.
    private func carryOut(inTurn isInTurn: Bool) -> Bool {
        let (actions, moment) = (consequences.actions, consequences.moment)
        if !consequences.hasAnswered {
            // What the processes left without a line feed belongs to what ends. Where invocations overlap nobody knows whose it is, and
            // nothing stops its writer.
            if consequences.endsLines, settings.kind != .managedInstances {
                for child in processes.values { child.endLine() }
            }
            if consequences.mayAnswerFirst {
                for index in actions.indices {
                    if case .answer = actions[index] { perform(actions[index], at: moment) }
                }
                consequences.hasAnswered = true
                if isInTurn { return false }
            }
        }
        let hasAnswered = consequences.hasAnswered
        // A process that is thawed last wakes once, for the event that lies in its socket, instead of twice.
        var thaws = false
        for index in actions.indices {
            switch actions[index] {
            case .answer where hasAnswered: break
            case .thaw: thaws = true
            default: perform(actions[index], at: moment)
            }
        }
        consequences = Consequences()
        guard thaws else { return true }
        for index in actions.indices { if case .thaw = actions[index] { perform(actions[index], at: moment) } }
        return true
    }

    // MARK: Actions

    private func perform(_ action: Action, at moment: Moment) {
        switch action {
        case .openAPI: openAPI()
        case .closeAPI:
            server?.close()
            server = nil
        case .renewConnections: if settings.dropsConnections { server?.renewConnections() }
        case .start(let process): start(process)
        case .signal(let process, let signal):
            // It is not ours to end: to the environment it has, once it is asked to.
            if process.role == .function, settings.isAttached { return feed(.exited(process, .code(0))) }
            if delayed.remove(process) != nil { giveUp(process) }
            processes[process]?.send(signal)
        case .freeze(let frozen):
            freezing = frozen
            loop.enqueue { [weak self] in self?.freeze() }
        case .thaw(let thawed):
            watchMemory()
            guard freezing.isEmpty else { return freezing = [] }
            for process in thawed { processes[process]?.thaw() }
        case .answer(let call, let answer):
            server?.answer(call, answer)
            wakefulness.extend()
        case .handOn(let call, let id): if let reader = readers[id] { server?.handOn(call, to: reader) }
        case .finish(let id, let outcome, let after):
            readers[id] = nil
            callers.removeValue(forKey: id)?(outcome)
            tell(.answered(id: id, outcome, after: after), at: moment)
        case .note(let note):
            switch note {
            case .ready, .invocationEnded: measure(at: moment)
            // What other programs used before, these do not.
            case .initStarted(.initial): peakMemory = 0
            default: break
            }
            tell(.note(note), at: moment)
        }
    }

    private func freeze() {
        for process in freezing { processes[process]?.freeze() }
        freezing = []
    }

    private func openAPI() {
        do throws(Errno) {
            server = try APIServer(sandbox: self, port: apiPort)
            if settings.isAttached { apiPort = server!.port }
        } catch {
            // Nothing can run without a port: every process start fails with this.
            server = nil
            apiFailure = error
        }
    }

    private func start(_ process: ProcessID) {
        guard let server else {
            let reason = apiFailure?.text.string ?? "closed"
            return feed(.notStarted(process, "no port on 127.0.0.1 for the sandbox's APIs: \(reason)"))
        }
        let (path, environment, directory) =
            switch process.role {
            case .function: (settings.function, variables.forFunction(api: server.address), settings.taskRoot)
            case .extension(let index): (settings.extensions[index], variables.forExtension(api: server.address), "/")
            }
        if process.role == .function, settings.isAttached {
            let inherited = Set(variables.inherited.map { "\($0.key)=\($0.value)" })
            onAwait?(environment.filter { !inherited.contains($0) })
            return
        }
        let name = name(of: process.role)
        do {
            processes[process] = try ChildProcess(
                loop: loop, command: [path], environment: environment, directory: directory,
                onLine: { [unowned self] line in
                    telemetry.take(line, of: process.role, at: .now)
                    tell(.output(process: name, line), at: Moment(nanoseconds: Instant.now.nanoseconds))
                },
                onExit: { [unowned self] termination in
                    // It is being called: it must outlive this.
                    let child = processes.removeValue(forKey: process)
                    feed(.exited(process, termination))
                    loop.enqueue { _ = child }
                })
            processes[process]!.onCatchUp = { [unowned self] in goOn() }
            // What is told behind an answer comes before what the process wrote because of that.
            processes[process]!.willRead = { [unowned self] in if consequences.hasAnswered { goOn() } }
            watchMemory()
        } catch {
            if error.rawValue == ETXTBSY { return delay(process) }
            feed(.notStarted(process, ExecutableFault.text(of: path, in: directory, after: error)))
        }
    }

    /// Tries again in a moment: whoever writes an executable has soon done so.
    private func delay(_ process: ProcessID) {
        delayed.insert(process)
        let timer = loop.makeTimer { [weak self] in
            guard let self, delayed.remove(process) != nil else { return }
            start(process)
        }
        timer.arm(after: .milliseconds(10))
    }

    private func giveUp(_ process: ProcessID) { feed(.notStarted(process, "its executable is being written")) }

    private func name(of role: Role) -> String {
        switch role {
        case .function: "function"
        case .extension(let index): Settings.fileName(of: settings.extensions[index])
        }
    }

    /// Keeps looking how much memory is in use, while that can change: nobody knows it of a process that has ended.
    private func watchMemory() {
        if !memoryTimer.isArmed, !processes.isEmpty, !environment.isAsleep { memoryTimer.arm(after: .milliseconds(20)) }
    }

    /// Looks how much memory is in use; not much more often than anything can change, since the kernel takes its time
    /// over the answer. It reports a peak, so that nothing is missed.
    private func measure(at moment: Moment) {
        guard moment - lastMeasured >= .milliseconds(5) || processes.count != measuredProcesses else { return }
        lastMeasured = moment
        measuredProcesses = processes.count
        var kilobytes = 0
        for child in processes.values { kilobytes += child.measure() }
        peakMemory = max(peakMemory, (kilobytes + 1023) / 1024)
        // What many at a time may use is another size, of the instance.
        guard peakMemory > settings.memorySize, !isTooLarge, settings.kind != .managedInstances else { return }
        isTooLarge = true
        say(.memory(used: peakMemory))
    }

    private func tell(_ happening: Happening, at moment: Moment) {
        let time = HappeningTime(moment: moment, wall: WallClock.milliseconds)
        let said = records.records(for: happening, at: time, memory: peakMemory)
        telemetry.observe(happening, said)
        for observer in observers {
            observer.observe(happening, at: time, memory: peakMemory)
            for record in said { observer.observe(.platform(record), at: time, memory: peakMemory) }
        }
    }
}
