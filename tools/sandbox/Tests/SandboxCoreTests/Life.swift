@testable import SandboxCore

/// Plays an environment by hand and remembers what it asked for.
struct Life {
    var environment: Environment
    var now = Moment.zero
    /// Everything the environment has asked for, in order.
    var log: [Action] = []
    private var lastCall: UInt64 = 0

    init(_ configuration: Configuration = Configuration()) { environment = Environment(configuration) }

    /// An environment that has not been started.
    init(_ kind: Configuration.Kind, extensions: [String] = [], change: (inout Configuration) -> Void = { _ in }) {
        var configuration = Configuration(extensions: extensions)
        configuration.kind = kind
        change(&configuration)
        self.init(configuration)
    }

    /// The most usual environment: one extension that wants everything, the function, both waiting, asleep.
    static func idle(
        extensions: [String] = ["ext"], events: [String] = ["INVOKE", "SHUTDOWN"],
        kind: Configuration.Kind = .onDemand, workers: Int = 1
    ) -> Life {
        var life = starting(extensions, kind: kind) { $0.concurrency = workers }
        for (index, name) in extensions.enumerated() {
            life.calls[.extension(index)] = life.enter(name, events)
        }
        for _ in 0..<workers { life.calls[.function] = life.runtime(.next) }
        life.log = []
        return life
    }

    /// The same at work on an invocation.
    static func busy(
        on id: String = "r", extensions: [String] = ["ext"], kind: Configuration.Kind = .onDemand, workers: Int = 1
    ) -> Life {
        var life = idle(extensions: extensions, kind: kind, workers: workers)
        life.invoke(id)
        return life
    }

    /// An environment that has just been started.
    static func starting(
        _ extensions: [String] = ["ext"], kind: Configuration.Kind = .onDemand,
        change: (inout Configuration) -> Void = { _ in }
    ) -> Life {
        var life = Life(kind, extensions: extensions, change: change)
        life.send(.start)
        return life
    }

    /// The newest waiting call of each role, as far as the helpers made them.
    var calls: [Role: Call] = [:]
    var identifiers: [String: String] = [:]

    @discardableResult
    mutating func send(_ input: Input) -> [Action] {
        let actions = environment.handle(input, at: now)
        log += actions
        return actions
    }

    mutating func wait(_ duration: Duration) {
        now = now + duration
        send(.time)
    }

    mutating func call() -> Call {
        lastCall += 1
        return Call(id: lastCall)
    }

    @discardableResult
    mutating func runtime(_ request: RuntimeCall) -> Call {
        let call = call()
        send(.runtime(call, request))
        return call
    }

    /// Answers an event, and asks for the next.
    mutating func complete(_ id: String) {
        runtime(.response(id: id, FunctionResponse()))
        runtime(.next)
    }

    @discardableResult
    mutating func `extension`(_ request: ExtensionCall) -> Call {
        let call = call()
        send(.extension(call, request))
        return call
    }

    /// Registers and returns the identifier, empty when refused.
    mutating func register(_ name: String?, _ events: [String]?) -> String {
        let call = `extension`(.register(name: name, events: events, wantsAccountID: false))
        guard case .registered(let identifier, _)? = answer(to: call) else { return "" }
        if let name { identifiers[name] = identifier }
        return identifier
    }

    /// Registers and asks for the first event; returns the call that waits for it.
    @discardableResult
    mutating func enter(_ name: String, _ events: [String] = []) -> Call {
        `extension`(.next(identifier: register(name, events)))
    }

    @discardableResult
    mutating func next(of name: String) -> Call { `extension`(.next(identifier: identifiers[name] ?? name)) }

    mutating func invoke(_ ids: String..., isAsynchronous: Bool = false) {
        for id in ids { send(.invoke(Invocation(id: id, payload: Array("{}".utf8), isAsynchronous: isAsynchronous))) }
    }

    mutating func exit(_ role: Role, _ status: Termination, generation: Int = 1) {
        send(.exited(ProcessID(generation: generation, role: role), status))
    }

    /// The invocation ids under which the event of a request was delivered, in order.
    func invocationIDs(of request: String) -> [String] {
        log.compactMap {
            if case .answer(_, .invocation(let invocation, let id, _)) = $0, invocation.id == request {
                id
            } else {
                nil
            }
        }
    }

    /// The answer a call got, nil while it waits.
    func answer(to call: Call) -> Answer? {
        for case .answer(call, let answer) in log { return answer }
        return nil
    }

    /// The answer in short words.
    func reply(to call: Call) -> String? { answer(to: call).map(tell) }

    /// The failure that the caller of an invocation was told of first.
    func failure(of id: String) -> Failure? {
        if case .failure(let failure)? = outcomes(of: id).first { failure } else { nil }
    }

    /// The outcomes that the caller of an invocation got, in order; one at most when all is well.
    func outcomes(of id: String) -> [Outcome] {
        log.compactMap { if case .finish(id, let outcome, _) = $0 { outcome } else { nil } }
    }

    /// The answer a request to the Runtime API gets at once, nil while it waits.
    mutating func answer(to request: RuntimeCall) -> Answer? {
        let call = runtime(request)
        return answer(to: call)
    }

    /// The refusal a request to the Runtime API gets.
    mutating func refusal(of request: RuntimeCall) -> Refusal? {
        let call = runtime(request)
        return refusal(of: call)
    }

    func refusal(of call: Call) -> Refusal? {
        if case .refused(let refusal)? = answer(to: call) { refusal } else { nil }
    }

    /// The log in short words, for tests of order.
    var story: [String] { log.compactMap(tell) }

    private func tell(_ action: Action) -> String? {
        switch action {
        case .openAPI(let generation): "open \(generation)"
        case .closeAPI(let generation): "close \(generation)"
        case .start(let process): "start \(tell(process.role))"
        case .signal(let process, let signal): "\(signal) \(tell(process.role))"
        case .freeze(let processes): "freeze \(processes.count)"
        case .thaw(let processes): "thaw \(processes.count)"
        case .renewConnections: "renew"
        case .answer(_, let answer): tell(answer)
        case .handOn(_, let id): "hand on \(id)"
        case .finish(let id, let outcome, _): "finish \(id) \(outcome.errorType ?? "ok")"
        case .note(.invocationStarted(let id, _, _)): "START \(id)"
        case .note(.invocationEnded(let report)): "END \(report.id)"
        case .note: nil
        }
    }

    private func tell(_ role: Role) -> String {
        switch role {
        case .function: "function"
        case .extension(let index): "extension \(index)"
        }
    }

    private func tell(_ answer: Answer) -> String {
        switch answer {
        case .invocation(let invocation, _, _): "event \(invocation.id)"
        case .restored: "restored"
        case .invoke(let invocation, _): "INVOKE \(invocation.id)"
        case .shutdown(let reason, _): "SHUTDOWN \(reason)"
        case .registered: "registered"
        case .accepted: "202"
        case .subscribed: "subscribed"
        case .notSupported(let service): "202 no \(service)"
        case .refused(let refusal): "\(refusal.status) \(refusal.type)"
        }
    }
}
