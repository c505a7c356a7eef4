import Glibc
import Sandbox
import SoakCore

extension Driver {
    /// Does what the plan wants at this moment of an invocation.
    func disturb(_ invocation: PlannedInvocation?, at moment: Disturbance.Moment) {
        switch invocation?.disturbance {
        case .kill(let victim, let weapon, moment, let delay): delays.after(delay) { [self] in strike(victim, weapon) }
        case .kill(let victim, let weapon, .start, _)? where moment == .handler:
            // Its environment must end before another can start.
            waitingKill = invocation?.disturbance
            strike(victim, weapon)
        case .kill(let victim, let weapon, .shutdown, _)? where moment == .handler:
            // The other one's death ends the environment.
            waitingKill = invocation?.disturbance
            strike(victim == .function ? .extension : .function, weapon)
        case .stall(let victim, let delay, let duration)? where moment == .handler:
            delays.after(delay) { [self] in stall(victim, duration) }
        default: break
        }
    }

    /// The second blow of a kill that needs two.
    func strikeIfWaiting(at moment: Disturbance.Moment, _ process: String) {
        guard case .kill(let victim, let weapon, moment, let delay) = waitingKill, process == name(of: victim) else {
            return
        }
        waitingKill = nil
        delays.after(delay) { [self] in strike(victim, weapon) }
    }

    func strike(_ victim: Disturbance.Victim, _ weapon: Disturbance.Weapon) {
        guard !isStopping else { return }
        guard let process = sandbox.processNumbers[name(of: victim)] else { return findings.missedKills += 1 }
        let cause = Cause.killed(victim, weapon, phase)
        findings.kills[cause, default: 0] += 1
        findings.ledger.attribute(cause)
        kill(-process, weapon == .kill ? SIGKILL : SIGSEGV)
    }

    private func stall(_ victim: Disturbance.Victim, _ duration: Int) {
        let name = name(of: victim)
        guard phase != .frozen, let process = sandbox.processNumbers[name] else { return }
        findings.stalls += 1
        kill(-process, SIGSTOP)
        delays.after(duration) { [self] in
            // In the freeze it is the sandbox that lets it go on.
            guard phase != .frozen, sandbox.processNumbers[name] == process else { return }
            kill(-process, SIGCONT)
        }
    }

    private func name(of victim: Disturbance.Victim) -> String {
        switch victim {
        case .function: "function"
        case .extension: extensionName
        }
    }
}
