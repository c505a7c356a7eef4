@testable import SandboxCore

/// Everything around an environment, played as the choices fall, with the promises it makes written as checks.
struct World {
    /// A process, but for what the function's workers do.
    enum Actor { case fresh, registered(String), waiting(String, Call), working(String) }

    /// One of the function's loops of next and response; on demand there is one, which may ask again at any time.
    enum Worker {
        case free
        case waiting(Call)
        case working(Delivery)
        /// Its response comes over a call that is not complete.
        case streaming(Delivery, Call)
    }

    /// An event as it came to a worker.
    struct Delivery: Equatable {
        var request: String
        var invocation: String
    }

    /// An invocation between START and END.
    struct Begun {
        var deadline: Moment
        var delivered: String?
        var hasResponded = false
        /// True once its response has begun to come, over the call that follows, or over none any more.
        var hasStream = false
        var stream: Call?
    }

    private(set) var faults: [String] = []
    private(set) var invocations = 0
    /// The most invocations that were under way at a time.
    private(set) var overlap = 0
    private var environment: Environment
    private var random: Choices
    private var now = Moment.zero
    private var lastCall: UInt64 = 0
    /// Calls that have had no answer yet.
    private var open: Set<Call> = []
    private var owners: [Call: Role] = [:]
    /// The status of what was answered last.
    private var lastStatus = 0
    private var running: [ProcessID: Actor] = [:]
    private var workers: [Worker] = []
    /// Deliveries whose time is over, a few.
    private var past: [Delivery] = []
    /// Every invocation id that ever was.
    private var invocationIDs: Set<String> = []
    private var killed: Set<ProcessID> = []
    private var isFrozen = false
    private var isStopping = false
    /// True if the processes run programs that are other ones now.
    private var isStale = false
    private var unanswered: Set<String> = []
    private var begun: [String: Begun] = [:]
    /// Requests that timed out and have not been answered since.
    private var expired: Set<String> = []
    private let names: [String]
    private let isManaged: Bool
    private let hasSnapshot: Bool
    /// True if the function of this start has asked for the restore, or for an event.
    private var hasAsked = false
    /// True while the runtime's hooks may run.
    private var isRestoring = false
    /// True if this start has come out of its snapshot.
    private var isRestored = false

    init(_ choices: Choices, seed: UInt64 = 0) {
        random = choices
        names = Array(["one", "two", "three"].prefix(Int(random.bits() % 4)))
        var configuration = Configuration(extensions: names, timeout: .seconds(3), seed: seed)
        switch random.bits() % 4 {
        case 0:
            configuration.kind = .managedInstances
            configuration.concurrency = 1 + Int(random.bits() % 5)
        case 1:
            configuration.kind = .snapStart
            configuration.snapshotInterval = .milliseconds(Int64(random.bits() % 400))
        default: break
        }
        isManaged = configuration.kind == .managedInstances
        hasSnapshot = configuration.kind == .snapStart
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
        // Now and then a request id comes again, as soon as its caller was answered.
        var id = "r\(invocations)"
        if random.bits() % 8 == 0, let old = past.last?.request, !unanswered.contains(old) { id = old }
        unanswered.insert(id)
        send(.invoke(Invocation(id: id, isAsynchronous: random.bits() % 4 == 0)))
    }

    private mutating func pass(_ duration: Duration) {
        // Whoever was killed is gone before time goes on; the environment is notified on time, as by a timer.
        let end = now + duration
        while let deadline = environment.nextDeadline, deadline < end {
            now = max(now, deadline)
            send(.time)
        }
        now = end
        send(.time)
        for (id, invocation) in begun where invocation.deadline <= now && !invocation.hasResponded {
            fault("\(id) goes on after its deadline")
        }
    }

    private mutating func killSomebody() {
        guard let process = pick(running.keys) else { return }
        finish(process, random.bits() % 2 == 0 ? .signal(9) : .code(Int32(random.bits() % 3)))
    }

    private mutating func finish(_ process: ProcessID, _ status: Termination) {
        guard running.removeValue(forKey: process) != nil else { return }
        killed.remove(process)
        if process.role == .function { workers = [] }
        send(.exited(process, status))
    }

    /// A wrong request, or a peer that goes away.
    private mutating func disturb() {
        switch random.bits() % 5 {
        case 4:
            isStale = !running.isEmpty
            send(.renew)
        case 0:
            if let waiting = open.min(by: { $0.id < $1.id }), random.bits() % 8 == 0 {
                disconnect(waiting)
                free(waiting)
            }
        case 1: answer(Delivery(request: "nobody", invocation: "none"))
        case 2: call(.function) { .extension($0, .next(identifier: "00000000-0000-4000-8000-000000000000")) }
        default: call(.function) { .extension($0, .register(name: "late", events: ["SHUTDOWN"], wantsAccountID: true)) }
        }
    }

    /// The peer of a call goes away: whoever waited for its answer, or the function in the midst of a response.
    private mutating func disconnect(_ call: Call) {
        open.remove(call)
        for index in workers.indices {
            guard case .streaming(let delivery, call) = workers[index] else { continue }
            workers[index] = .working(delivery)
            if begun[delivery.request]?.stream == call { begun[delivery.request]?.stream = nil }
        }
        send(.disconnected(call))
    }

    /// Some process does what it may do next.
    private mutating func act() {
        guard !isFrozen, let process = pick(running.keys), let actor = running[process] else { return }
        if killed.contains(process) { return finish(process, .signal(9)) }
        switch (process.role, actor) {
        case (.function, _): actAsFunction(process)
        case (.extension(let index), .fresh):
            let all = [[], ["INVOKE"], ["SHUTDOWN"], ["INVOKE", "SHUTDOWN"]]
            let events = isManaged ? all[2] : all[Int(random.bits() % 4)]
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
        if case .fresh? = running[process], random.bits() % 32 == 0 {
            call(.function) { .runtime($0, .initError(type: "Init.Broke", body: [])) }
        }
        running[process] = .registered("")
        let index = Int(random.bits() % UInt64(workers.count))
        switch workers[index] {
        case .free where hasSnapshot && !hasAsked && random.bits() % 2 == 0: askForRestore(index)
        case .free:
            if isRestoring, random.bits() % 16 == 0 {
                call(.function) { .runtime($0, .restoreError(type: "Hook.Broke", body: [])) }
            }
            askForEvent(index)
        case .waiting:
            // The second call of one runtime, while the first waits.
            if hasSnapshot, !isStopping, random.bits() % 8 == 0 {
                lastStatus = 0
                call(.function) { .runtime($0, .restoreNext) }
                if lastStatus != 403 { fault("a second call for the restore was answered \(lastStatus)") }
            }
        case .working(let delivery):
            switch random.bits() % 4 {
            case 0, 1: answer(delivery)
            case 2: if !past.isEmpty { answer(past[Int(random.bits() % UInt64(past.count))]) }
            // On demand a function may ask while it has an event, and gets it again, or is at its end where its response broke off.
            default: if isManaged || random.bits() % 2 == 0 { beginStream(index, delivery) } else { askForEvent(index) }
            }
        case .streaming(let delivery, let call):
            switch random.bits() % 4 {
            case 0: disconnect(call)
            case 1: answer(delivery)
            case 2 where begun[delivery.request]?.stream == call && !isManaged:
                lastStatus = 0
                self.call(.function) { .runtime($0, .next) }
                if lastStatus != 403 { fault("next in the midst of a response was answered \(lastStatus)") }
            default:
                workers[index] = .working(delivery)
                answer(delivery, over: call)
            }
        }
    }

    /// The head of a response comes; its end, or that of its connection, some time later.
    private mutating func beginStream(_ index: Int, _ delivery: Delivery) {
        let expected = statusExpected(of: delivery, namesInvocation: true)
        let call = makeCall(.function)
        workers[index] = .streaming(delivery, call)
        send(.runtime(call, .responding(id: delivery.request, invocationID: delivery.invocation)))
        if (begun[delivery.request]?.stream == call) != (expected == 202) { fault("\(delivery) begins, \(expected)") }
    }

    /// The function answers an event, well or with an error; what becomes of it must be what the event's state says.
    private mutating func answer(_ delivery: Delivery, over stream: Call? = nil) {
        let namesInvocation = stream != nil || random.bits() % 4 != 0
        let expected = statusExpected(of: delivery, namesInvocation: namesInvocation, over: stream)
        let isTimely = begun[delivery.request]?.delivered == delivery.invocation
        // A caller that names no invocation can be taken for another one of the same request: no promise is made to it.
        guard namesInvocation || isTimely || begun[delivery.request] == nil else { return }
        let id = namesInvocation ? delivery.invocation : nil
        let body = Array(delivery.invocation.utf8)
        let isError = stream == nil && random.bits() % 4 == 0
        send(
            .runtime(
                stream ?? makeCall(.function),
                isError
                    ? .error(id: delivery.request, invocationID: id, type: "Broke", body: body)
                    : .response(id: delivery.request, invocationID: id, FunctionResponse(body: body))))
        if lastStatus != expected { fault("\(delivery) was answered \(lastStatus), not \(expected)") }
        if lastStatus == 410, begun[delivery.request] == nil { expired.remove(delivery.request) }
        for index in workers.indices {
            if case .working(delivery) = workers[index], lastStatus == 202 || isManaged { workers[index] = .free }
        }
    }

    private func statusExpected(of delivery: Delivery, namesInvocation: Bool, over stream: Call? = nil) -> Int {
        guard let invocation = begun[delivery.request], let delivered = invocation.delivered else {
            return isManaged && expired.contains(delivery.request) ? 410 : 400
        }
        if namesInvocation, delivered != delivery.invocation { return 410 }
        let isOver = invocation.hasStream && (stream == nil || invocation.stream != stream)
        guard invocation.hasResponded || isOver else { return 202 }
        return isManaged ? 400 : 403
    }

    /// A call of a role, from now on without an answer.
    private mutating func makeCall(_ role: Role) -> Call {
        lastCall += 1
        let call = Call(id: lastCall)
        open.insert(call)
        owners[call] = role
        return call
    }

    private mutating func askForRestore(_ index: Int) {
        hasAsked = true
        let call = makeCall(.function)
        workers[index] = .waiting(call)
        send(.runtime(call, .restoreNext))
    }

    private mutating func askForEvent(_ index: Int) {
        hasAsked = true
        let waiting = workers.count { if case .waiting = $0 { true } else { false } }
        let call = makeCall(.function)
        workers[index] = .waiting(call)
        lastStatus = 0
        send(.runtime(call, .next))
        guard isManaged, !isStopping else { return }
        let isTooMany = waiting >= environment.configuration.concurrency
        if (lastStatus == 500) != isTooMany, lastStatus != 403 { fault("next beside \(waiting) others: \(lastStatus)") }
    }

    private mutating func ask(_ process: ProcessID, _ identifier: String) {
        let call = makeCall(process.role)
        running[process] = .waiting(identifier, call)
        send(.extension(call, .next(identifier: identifier)))
    }

    private mutating func call(_ role: Role, _ make: (Call) -> Input) {
        let call = makeCall(role)
        send(make(call))
    }

    private mutating func send(_ input: Input) {
        let actions = environment.handle(input, at: now)
        for action in actions { check(action) }
        if actions.contains(where: \.thaws), isFrozen { fault("a freeze that whoever thaws last would undo") }
        if let deadline = environment.nextDeadline, deadline < now { fault("a deadline in the past") }
        if let first = begun.values.map(\.deadline).min(), environment.nextDeadline.map({ $0 > first }) ?? true {
            fault("nobody will look at the next timeout")
        }
        if environment.isAsleep != isFrozen { fault("asleep and frozen differ") }
    }

    private mutating func check(_ action: Action) {
        switch action {
        case .openAPI, .closeAPI:
            isStale = false
            if !running.isEmpty { fault("the API changes while processes run") }
            open = []
        case .start(let process):
            if running[process] != nil { fault("started twice") }
            running[process] = .fresh
            if process.role == .function {
                (hasAsked, isRestoring, isRestored) = (false, false, false)
                // One more than may wait at a time.
                workers = Array(repeating: .free, count: isManaged ? environment.configuration.concurrency + 1 : 1)
            }
        case .signal(let process, let signal):
            if running[process] == nil { fault("a signal to nobody") }
            if signal == .kill || random.bits() % 2 == 0 { killed.insert(process) }
        case .freeze(let processes):
            if isManaged { fault("froze on Managed Instances") }
            if isFrozen || Set(processes) != Set(running.keys) { fault("froze the wrong ones") }
            if !begun.isEmpty { fault("froze a function at work") }
            isFrozen = true
        case .thaw:
            if !isFrozen { fault("thawed what was not frozen") }
            isFrozen = false
        case .renewConnections: if !isFrozen || !hasSnapshot { fault("a restore of what was not stopped") }
        case .answer(let call, let answer): check(call, answer)
        case .handOn(let call, let id):
            if begun[id]?.hasResponded != false || begun[id]?.hasStream != false { fault("\(id) has two responses") }
            begun[id]?.hasStream = true
            begun[id]?.stream = call
        case .finish(let id, let outcome, _):
            if unanswered.remove(id) == nil { fault("\(id) was answered twice or never asked") }
            check(outcome, of: id)
        case .note(let note): check(note)
        }
    }

    private mutating func check(_ note: Note) {
        switch note {
        case .invocationStarted(let id, _, let deadline):
            if begun[id] != nil { fault("\(id) began twice") }
            begun[id] = Begun(deadline: deadline)
            overlap = max(overlap, begun.count)
            if !isManaged, begun.count > 1 { fault("two invocations at once") }
            if isStale, !hasSnapshot { fault("\(id) began with old programs") }
            if isRestoring { fault("\(id) began before the restore was over") }
        case .snapshotTaken: if !hasSnapshot || isRestored { fault("a snapshot too many") }
        case .restoreStarted:
            if isRestored || unanswered.isEmpty { fault("a restore for nobody") }
            isRestoring = true
        case .restoreEnded(let report):
            if !isRestoring { fault("the end of no restore") }
            if report.duration > .seconds(10) { fault("a restore of \(report.duration)") }
            (isRestoring, isRestored) = (false, true)
        case .responded(let id, _): begun[id]?.hasResponded = true
        case .failed(let id, let failure): if isManaged, failure.isTimeout { expired.insert(id) }
        case .invocationEnded(let report):
            guard let ended = begun.removeValue(forKey: report.id) else { return fault("an END without START") }
            if let delivered = ended.delivered { remember(Delivery(request: report.id, invocation: delivered)) }
        case .stopping:
            isStopping = true
            if !begun.isEmpty { fault("an invocation outlives its environment") }
        case .stopped: isStopping = false
        default: break
        }
    }

    /// Checks that a caller gets the answer to the event that it sent, and to no other.
    private mutating func check(_ outcome: Outcome, of id: String) {
        switch outcome {
        case .success(let body, _), .functionError(_, let body):
            let delivered = begun[id]?.delivered
            if delivered.map({ Array($0.utf8) }) != body { fault("\(id) got the answer of another") }
        case .failure(let failure):
            let isUnavailable = failure.type == "Runtime.Unavailable"
            guard isUnavailable else { return }
            if !isManaged || begun[id] != nil || environment.idleWorkers > 0 { fault("\(id) was refused for nothing") }
        }
    }

    private mutating func remember(_ delivery: Delivery) {
        past.append(delivery)
        if past.count > 4 { past.removeFirst() }
    }

    private mutating func check(_ call: Call, _ answer: Answer) {
        if open.remove(call) == nil { fault("a call answered twice, or one that went away") }
        switch answer {
        case .refused, .accepted: break
        default: if isFrozen { fault("an event while frozen") }
        }
        let process = running.keys.first { $0.role == owners[call] }
        switch answer {
        case .invocation(let invocation, let id, let deadline): checkEvent(call, invocation, id, deadline)
        case .restored:
            if !isRestoring { fault("restored before there was a restore") }
            free(call)
        case .invoke(let invocation, _):
            if isManaged { fault("INVOKE on Managed Instances") }
            if begun[invocation.id] == nil { fault("INVOKE of another invocation") }
            if let process { running[process] = .working(identifier(of: process)) }
        case .shutdown: if let process { killed.insert(process) }
        case .registered(let identifier, _): if let process { running[process] = .registered(identifier) }
        case .accepted: lastStatus = 202
        case .refused(let refusal):
            lastStatus = refusal.status
            free(call)
        case .notSupported, .subscribed: free(call)
        }
    }

    private mutating func checkEvent(_ call: Call, _ invocation: Invocation, _ id: String, _ deadline: Moment) {
        if !invocationIDs.insert(id).inserted { fault("\(id) was given twice") }
        guard let known = begun[invocation.id] else { return fault("an event of another invocation") }
        if known.deadline != deadline { fault("an event with another deadline") }
        if let delivered = known.delivered {
            if isManaged { fault("\(invocation.id) was delivered twice") }
            remember(Delivery(request: invocation.id, invocation: delivered))
        }
        begun[invocation.id]!.delivered = id
        for index in workers.indices {
            guard case .waiting(call) = workers[index] else { continue }
            workers[index] = .working(Delivery(request: invocation.id, invocation: id))
            return
        }
        fault("an event for nobody")
    }

    /// Whoever waited with a call has no answer to wait for any longer.
    private mutating func free(_ call: Call) {
        for (process, actor) in running {
            if case .waiting(let identifier, call) = actor { running[process] = .registered(identifier) }
        }
        for index in workers.indices {
            if case .waiting(call) = workers[index] { workers[index] = .free }
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
