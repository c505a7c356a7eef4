/// The environment's knowledge of the function's process.
struct FunctionMember: Sendable {
    var process = ProcessState.absent
    /// The calls that wait for an event, the one that has waited longest first: one at most on demand, one for each idle
    /// worker on Managed Instances.
    var waiting: [Call] = []
    /// True if it has asked for an event in this generation.
    var hasAsked = false
    /// True if it reported an initialization error.
    var hasReportedInitError = false
    /// The state of its call for the restore, with SnapStart.
    var restoreCall = RestoreCall.none
    /// True if it reported an error of its hooks.
    var hasReportedRestoreError = false
    /// True if an event waits for it to ask.
    var hasPendingEvent = false

    static let name = "function"
}

/// The environment's knowledge of an extension.
struct ExtensionMember: Sendable {
    enum PendingEvent { case invoke, shutdown }

    let name: String
    /// Internal ones live in the function's process.
    let isInternal: Bool
    /// Meaningless for an internal one.
    var process = ProcessState.absent
    /// Nil until it has registered.
    var identifier: String?
    var events: ExtensionEvents = []
    var waiting: Call?
    var hasAsked = false
    /// True if it reported a fatal error.
    var hasReported = false
    /// True if it is to be, or was, notified of the invocation under way and has not asked for the next event since.
    var isBusy = false
    /// The event that waits for it to ask.
    var pendingEvent: PendingEvent?

    var isRegistered: Bool { identifier != nil }

    var state: ExtensionReport.State {
        switch process {
        case _ where hasReported: .initError
        case .exited: .exited
        case .notStarted: .launchError
        case .absent, .running: hasAsked ? .ready : isRegistered ? .registered : .started
        }
    }
}

extension Environment {
    func name(of role: Role) -> String {
        switch role {
        case .function: FunctionMember.name
        case .extension(let index): extensions[index].name
        }
    }

    func state(of role: Role) -> ProcessState {
        switch role {
        case .function: function.process
        case .extension(let index): extensions[index].process
        }
    }

    mutating func setState(of role: Role, _ state: ProcessState) {
        switch role {
        case .function: function.process = state
        case .extension(let index): extensions[index].process = state
        }
    }

    /// All roles that have a process of their own.
    var roles: [Role] {
        [.function] + extensions.indices.filter { !extensions[$0].isInternal }.map { .extension($0) }
    }

    /// The processes that run, the function's first.
    var runningProcesses: [ProcessID] {
        roles.filter { state(of: $0).isRunning }.map { ProcessID(generation: generation, role: $0) }
    }

    mutating func launch(_ role: Role) {
        setState(of: role, .running)
        note(.started(process: name(of: role)))
        act(.start(ProcessID(generation: generation, role: role)))
    }

    mutating func send(_ signal: ProcessSignal, to role: Role) {
        act(.signal(ProcessID(generation: generation, role: role), signal))
        note(.notified(process: name(of: role), signal == .kill ? .kill : .terminate))
    }

    /// A process has ended, or never began.
    mutating func end(_ process: ProcessID, as state: ProcessState) {
        guard process.generation == generation, self.state(of: process.role).isRunning else { return }
        setState(of: process.role, state)
        switch process.role {
        case .function:
            function.waiting = []
            if case .waiting = function.restoreCall { function.restoreCall = .waiting(nil) }
            for index in extensions.indices where extensions[index].isInternal { extensions[index].waiting = nil }
        case .extension(let index): extensions[index].waiting = nil
        }
        if case .exited(let status) = state {
            note(.exited(process: name(of: process.role), status, isExpected: isStopping))
        }
        switch phase {
        case .starting, .restoring, .invoking: if let failure = failureOfDead() { fail(failure) }
        // A death in between is noticed at the next invocation, as in production; at once where nothing is ever frozen.
        case .idle: if isManaged, let failure = failureOfDead() { fail(failure) }
        case .cold, .snapshot, .stopping, .closed: break
        }
    }

    /// The failure that the death of a process means for an invocation; nil while everybody lives.
    func failureOfDead() -> Failure? {
        for index in extensions.indices where !extensions[index].isInternal {
            switch extensions[index].process {
            case .exited(let status):
                return reported?.failure ?? .crash(ofExtension: status)
            case .notStarted(let reason):
                return Failure(
                    type: "Extension.LaunchError", message: "extension \(extensions[index].name): \(reason)")
            case .absent, .running: continue
            }
        }
        switch function.process {
        case .exited(let status): return reported?.failure ?? .crash(ofFunction: status)
        case .notStarted(let reason): return Failure(type: "Runtime.InvalidEntrypoint", message: reason)
        case .absent, .running: return nil
        }
    }
}
