import CLinux
import Reactor

/// A service of systemd as its manager sees it, on the service's own event loop: ready, alive, how it stands, ending.
///
/// It does nothing in a process that no manager started. What it sends while the manager does not listen is lost;
/// that is reported once.
public final class ManagedService {
    /// Called at the first failure to reach the manager.
    public var onFailure: ((Errno) -> Void)?
    /// Asked before each `WATCHDOG=1`, which is left out when the answer is false: whether the work goes on. That the loop
    /// does, the asking shows.
    public var isAlive: () -> Bool = { true }

    private let loop: EventLoop
    private let describe: (inout Buffer) -> Void
    private var notifier: Notifier?
    private var pace: StatusPace
    private var isReady = false
    private var statusTimer: EventLoop.Timer?
    private var watchdogTimer: EventLoop.Timer?
    private var text = Buffer(capacity: 256)

    /// A service that can report its status.
    ///
    /// - Parameters:
    ///   - loop: what the service runs on, and with it the watchdog.
    ///   - statusInterval: the least time from one status to the next.
    ///   - status: appends how the service stands, one line for people.
    public init(loop: EventLoop, statusInterval: Duration = .seconds(1), status: @escaping (inout Buffer) -> Void) {
        self.loop = loop
        describe = status
        pace = StatusPace(interval: statusInterval)
    }

    deinit {
        statusTimer?.cancel()
        watchdogTimer?.cancel()
    }

    /// True if anything is reported to a manager.
    public var isManaged: Bool { notifier != nil }

    /// Does what the environment asks for: notifies the manager that `NOTIFY_SOCKET` names, and says that the loop is
    /// alive as often as `WATCHDOG_USEC` wants.
    public func start() {
        guard let text = ProcessEnvironment.value(of: "NOTIFY_SOCKET") else { return }
        let interval = Watchdog.interval(
            microseconds: ProcessEnvironment.value(of: "WATCHDOG_USEC"),
            pid: ProcessEnvironment.value(of: "WATCHDOG_PID"),
            own: getpid())
        start(notifying: Notifier.address(parsing: text), watchdog: interval)
    }

    /// Begins to notify a manager, nil for one whose address is not understood, and to report at this interval that the
    /// loop is alive.
    package func start(notifying address: SocketAddress?, watchdog interval: Duration?) {
        guard let address else { return fail(.addressNotAvailable) }
        do {
            notifier = try Notifier(address: address)
        } catch {
            return fail(error)
        }
        statusTimer = loop.makeTimer { [unowned(unsafe) self] in
            pace.waitIsOver(at: loop.now)
            tellStatus()
        }
        if let interval { watch(every: interval) }
    }

    /// The service does its work from now on: `READY=1`, with its status.
    public func ready() {
        guard isManaged, !isReady else { return }
        isReady = true
        text.removeAll()
        describe(&text)
        send { [text = text.readable] notice in
            notice.ready()
            notice.status(text)
        }
    }

    /// The status may have changed: it is reported, soon if one was reported just now.
    public func changed() {
        guard isManaged, isReady else { return }
        switch pace.changed(at: loop.now) {
        case .tell: tellStatus()
        case .wait(let instant): statusTimer?.arm(at: instant)
        case .nothing: break
        }
    }

    /// The end has begun: `STOPPING=1`, with the last status. The loop is still watched.
    public func stopping() {
        guard isManaged else { return }
        statusTimer?.cancel()
        text.removeAll()
        describe(&text)
        send { [text = text.readable] notice in
            notice.stopping()
            notice.status(text)
        }
    }

    private func tellStatus() {
        text.removeAll()
        describe(&text)
        send { [text = text.readable] in $0.status(text) }
    }

    /// The timer is the loop's own: a loop that is stuck in a handler says nothing.
    private func watch(every interval: Duration) {
        watchdogTimer = loop.makeTimer { [unowned(unsafe) self] in
            if isAlive() { send { $0.watchdog() } }
            watchdogTimer?.arm(after: interval)
        }
        send { $0.watchdog() }
        watchdogTimer?.arm(after: interval)
    }

    private func send(_ compose: (inout Notice) -> Void) {
        do {
            try notifier?.notify(compose)
        } catch {
            fail(error)
        }
    }

    private func fail(_ error: Errno) {
        guard let onFailure else { return }
        self.onFailure = nil
        onFailure(error)
    }
}
