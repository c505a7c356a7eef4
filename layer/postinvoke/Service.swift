import CLinux
import Hold
import LambdaExtension

// The extension as a service, in two forms of one shape: under systemd with the package trait Systemd, and under Lambda,
// which manages it through its API alone.
#if Systemd
import Systemd

/// The extension as a service of systemd: passed sockets, readiness, status, watchdog, SIGHUP.
final class Service {
    private let log: Log
    private var managed: ManagedService?

    init(log: Log) { self.log = log }

    /// Begins to say that the loop is alive, and to log the status at SIGHUP.
    func start(on loop: EventLoop, policy: @escaping () -> HoldPolicy) throws(Errno) {
        let managed = ManagedService(loop: loop) { $0.appendSummary(of: policy()) }
        managed.onFailure = { [log] error in
            log.write(.error, .managerUnreachable, error: error) { line in
                line.append("the service manager cannot be reached: ")
                error.append(to: &line)
            }
        }
        self.managed = managed
        managed.start()
        try loop.handleSignal(SIGHUP) { [log] in
            log.write(.info, .status) { $0.appendSummary(of: policy()) }
        }
    }

    /// Serves the sockets that were passed; false if there is none, or none of use.
    func listen(with server: HTTPServer, admitting isWelcome: @escaping (borrowing Socket) -> Bool) -> Bool {
        let variables = ListenVariables.fromEnvironment { fault in
            log.write(.error, .socketRefused) { $0.append(fault) }
        }
        guard let variables else { return false }
        let sockets = PassedSockets(variables)
        var isListening = false
        for index in 0..<sockets.count {
            do throws(PassedSockets.Refusal) {
                let socket = try sockets.takeListener(index)
                do { try server.serve(socket, admitting: isWelcome) } catch { throw .noSocket }
                isListening = true
            } catch {
                log.write(.error, .socketRefused) { line in
                    sockets.append(index, to: &line)
                    line.append(" ")
                    line.append(ByteView(error.message))
                }
            }
        }
        return isListening
    }

    /// Registered, and Next is asked.
    func ready() { managed?.ready() }

    /// The policy's state may have changed.
    func changed() { managed?.changed() }

    /// The end has begun.
    func stopping() { managed?.stopping() }
}

extension Buffer {
    /// Appends how things stand, one line: `holding 8f5a...; 12 held, 11 let go: 9 done, 2 at the deadline`.
    fileprivate mutating func appendSummary(of policy: HoldPolicy) {
        let counters = policy.counters
        if let hold = policy.state.hold {
            append("holding ")
            hold.requestID.withBytes { append(ByteView($0)) }
        } else {
            append(policy.settings.mode == .hold ? ByteView(policy.state.name) : "passing through")
        }
        append("; held ")
        append(decimal: counters.holds)
        append(", released ")
        append(decimal: counters.releases.done)
        append(" done, ")
        append(decimal: counters.releases.session)
        append(" session, ")
        append(decimal: counters.releases.deadline)
        append(" deadline, ")
        append(decimal: counters.releases.budget)
        append(" budget; not held ")
        append(decimal: counters.releases.passThrough + counters.early)
    }
}
#else
struct Service {
    @inline(__always) init(log: Log) {}
    @inline(__always) func start(on loop: EventLoop, policy: () -> HoldPolicy) throws(Errno) {}
    @inline(__always)
    func listen(with server: HTTPServer, admitting isWelcome: (borrowing Socket) -> Bool) -> Bool { false }
    @inline(__always) func ready() {}
    @inline(__always) func changed() {}
    @inline(__always) func stopping() {}
}
#endif
