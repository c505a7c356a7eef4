import SandboxCore

/// Everything around an environment, played as the choices fall, with the promises it makes written as checks.
struct World {
    enum Actor { case fresh, registered(String), waiting(String, Call), working(String) }

    private(set) var faults: [String] = []
    private(set) var invocations = 0
    private var environment: Environment
    private var random: Choices
    private var now = Moment.zero
    private var lastCall: UInt64 = 0
    /// Calls that have had no answer yet.
    private var open: Set<Call> = []
    private var owners: [Call: Role] = [:]
    private var running: [ProcessID: Actor] = [:]
    private var killed: Set<ProcessID> = []
    private var isFrozen = false
    private var unanswered: Set<String> = []
    private var event: String?
    private var hasResponded = false
    private var begun: String?
    private let names: [String]
    private var hasInternal = false
    private var hasClosed = false

    init(_ choices: Choices, seed: UInt64 = 0) {
        random = choices
        names = Array(["one", "two", "three"].prefix(Int(random.bits() % 4)))
        var configuration = Configuration(extensions: names, timeout: .seconds(3), seed: seed)
        if random.bits() % 8 == 0 { configuration.kind = .managedInstances }
        environment = Environment(configuration)
    }

    mutating func step() {
        guard faults.isEmpty else { return }
        switch random.bits() % 16 {
        case 0, 1, 2: invoke()
        case 3: pass(.milliseconds(Int64(random.bits() % 400)))
        case 4: if random.bits() % 8 == 0 { pass(.seconds(3)) }
        case 5: if random.bits() % 16 == 0 { killSomebody() }
        case 6: disturb()
        default: act()
        }
    }

    /// Shuts down and lets everybody who must die do so; the environment must close within its time.
    mutating func end() {
        guard faults.isEmpty else { return }
        let limit = now + .seconds(5)
        hasClosed = true
        send(.shutdown)
        while !environment.isClosed, now < limit {
            for process in killed { finish(process, .signal(9)) }
            if random.bits() % 2 == 0 { act() }
            pass(.milliseconds(100))
        }
        if !environment.isClosed { fault("not closed within 5 s") }
        if !running.isEmpty { fault("processes left") }
        if !unanswered.isEmpty { fault("callers without an answer: \(unanswered)") }
        if environment.nextDeadline != nil { fault("a closed environment waits for something") }
    }

    private mutating func invoke() {
        invocations += 1
        let id = "r\(invocations)"
        unanswered.insert(id)
        send(.invoke(Invocation(id: id)))
    }

    private mutating func pass(_ duration: Duration) {
        // Whoever was killed is gone before time goes on; the environment is told on time, as a timer would.
        let end = now + duration
        while let deadline = environment.nextDeadline, deadline < end {
            now = max(now, deadline)
            send(.time)
        }
        now = end
        send(.time)
    }

    private mutating func killSomebody() {
        guard let process = pick(running.keys) else { return }
        finish(process, random.bits() % 2 == 0 ? .signal(9) : .code(Int32(random.bits() % 3)))
    }

    private mutating func finish(_ process: ProcessID, _ status: Termination) {
        guard running.removeValue(forKey: process) != nil else { return }
        killed.remove(process)
        send(.exited(process, status))
    }

    /// A wrong request, or a peer that goes away.
    private mutating func disturb() {
        switch random.bits() % 4 {
        case 0:
            if let waiting = open.min(by: { $0.id < $1.id }), random.bits() % 8 == 0 {
                open.remove(waiting)
                send(.disconnected(waiting))
                for (process, actor) in running {
                    if case .waiting(let identifier, waiting) = actor { running[process] = .registered(identifier) }
                }
            }
        case 1: runtime(.response(id: "nobody", FunctionResponse()))
        case 2: call(.function) { .extension($0, .next(identifier: "00000000-0000-4000-8000-000000000000")) }
        default: call(.function) { .extension($0, .register(name: "late", events: ["SHUTDOWN"], wantsAccountID: true)) }
        }
    }

    /// Some process does what it may do next.
    private mutating func act() {
        guard !isFrozen, let process = pick(running.keys), let actor = running[process] else { return }
        if killed.contains(process) { return finish(process, .signal(9)) }
        switch (process.role, actor) {
        case (.function, .fresh):
            if random.bits() % 32 == 0 { runtime(.initError(type: "Init.Broke", body: [])) }
            ask(process, "")
        case (.function, .registered), (.function, .working): actAsFunction(process)
        case (.extension(let index), .fresh):
            let all = [[], ["INVOKE"], ["SHUTDOWN"], ["INVOKE", "SHUTDOWN"]]
            let events = environment.configuration.kind == .onDemand ? all[Int(random.bits() % 4)] : all[2]
            let name = names[index]
            call(process.role) { .extension($0, .register(name: name, events: events, wantsAccountID: false)) }
        case (.extension, .registered(let identifier)): ask(process, identifier)
        case (.extension, .working(let identifier)):
            if random.bits() % 64 == 0 {
                call(process.role) { .extension($0, .exitError(identifier: identifier, type: "Broke")) }
            }
            ask(process, identifier)
        case (_, .waiting): break
        }
    }

    private mutating func actAsFunction(_ process: ProcessID) {
        guard let event else { return ask(process, "") }
        switch random.bits() % 4 {
        case 0: runtime(.response(id: event, FunctionResponse()))
        case 1: runtime(.error(id: event, type: "Broke", body: []))
        default: ask(process, "")
        }
    }

    private mutating func ask(_ process: ProcessID, _ identifier: String) {
        lastCall += 1
        let call = Call(id: lastCall)
        open.insert(call)
        owners[call] = process.role
        running[process] = .waiting(identifier, call)
        send(process.role == .function ? .runtime(call, .next) : .extension(call, .next(identifier: identifier)))
    }

    private mutating func runtime(_ request: RuntimeCall) { call(.function) { .runtime($0, request) } }

    private mutating func call(_ role: Role, _ make: (Call) -> Input) {
        lastCall += 1
        let call = Call(id: lastCall)
        open.insert(call)
        owners[call] = role
        send(make(call))
    }

    private mutating func send(_ input: Input) {
        for action in environment.handle(input, at: now) { check(action) }
        if let deadline = environment.nextDeadline, deadline < now { fault("a deadline in the past") }
        if environment.isAsleep != isFrozen { fault("asleep and frozen differ") }
    }

    private mutating func check(_ action: Action) {
        switch action {
        case .openAPI, .closeAPI:
            if !running.isEmpty { fault("the API changes while processes run") }
            open = []
        case .start(let process):
            if running[process] != nil { fault("started twice") }
            running[process] = .fresh
        case .signal(let process, let signal):
            if running[process] == nil { fault("a signal to nobody") }
            if signal == .kill || random.bits() % 2 == 0 { killed.insert(process) }
        case .freeze(let processes):
            if isFrozen || Set(processes) != Set(running.keys) { fault("froze the wrong ones") }
            if event != nil, !hasResponded { fault("froze a function at work") }
            isFrozen = true
        case .thaw:
            if !isFrozen { fault("thawed what was not frozen") }
            isFrozen = false
        case .answer(let call, let answer): check(call, answer)
        case .finish(let id, _, _):
            if unanswered.remove(id) == nil { fault("\(id) was answered twice or never asked") }
        case .note(.invocationStarted(let id, _, _)):
            if begun != nil { fault("two invocations at once") }
            begun = id
        case .note(.invocationEnded(let report)):
            if begun != report.id { fault("an END without START") }
            begun = nil
            event = nil
        case .note: break
        }
    }

    private mutating func check(_ call: Call, _ answer: Answer) {
        if open.remove(call) == nil { fault("a call answered twice, or one that went away") }
        if isFrozen, case .refused = answer {
        } else if isFrozen, case .accepted = answer {
        } else if isFrozen {
            fault("an event while frozen")
        }
        let process = running.keys.first { $0.role == owners[call] }
        switch answer {
        case .invocation(let invocation, _):
            if begun != invocation.id { fault("an event of another invocation") }
            event = invocation.id
            hasResponded = false
            if let process { running[process] = .working("") }
        case .invoke(let invocation, _):
            if begun != invocation.id { fault("INVOKE of another invocation") }
            if let process { running[process] = .working(identifier(of: process)) }
        case .shutdown: if let process { killed.insert(process) }
        case .registered(let identifier, _): if let process { running[process] = .registered(identifier) }
        case .accepted: hasResponded = true
        case .refused, .notSupported, .subscribed:
            if let process, case .waiting(let identifier, call) = running[process] {
                running[process] = .registered(identifier)
            }
        }
    }

    private func identifier(of process: ProcessID) -> String {
        switch running[process] {
        case .registered(let identifier), .waiting(let identifier, _), .working(let identifier): identifier
        case .fresh, nil: ""
        }
    }

    private mutating func pick(_ processes: Dictionary<ProcessID, Actor>.Keys) -> ProcessID? {
        // In an order of our own, since a dictionary's changes from run to run.
        let sorted = processes.sorted { rank($0) < rank($1) }
        return sorted.isEmpty ? nil : sorted[Int(random.bits() % UInt64(sorted.count))]
    }

    private func rank(_ process: ProcessID) -> Int {
        switch process.role {
        case .function: -1
        case .extension(let index): index
        }
    }

    private mutating func fault(_ text: String) { faults.append("\(now.nanoseconds) ns: \(text)") }
}
