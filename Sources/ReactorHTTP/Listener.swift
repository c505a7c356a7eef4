/// A listening socket of a server: accepts, and pauses when the server is full or the process has no descriptor left.
final class Listener {
    private let socket: Socket
    private unowned(unsafe) let context: ServerContext
    private let isWelcome: (borrowing Socket) -> Bool
    /// Nil once it is closed.
    private var registration: Token?
    private var retry: EventLoop.Timer?
    private var isPaused = false

    init(
        _ socket: consuming Socket, context: ServerContext, admitting isWelcome: @escaping (borrowing Socket) -> Bool
    ) throws(Errno) {
        self.socket = socket
        self.context = context
        self.isWelcome = isWelcome
        registration = try context.loop.register(self.socket.descriptor, for: .read) { [unowned(unsafe) self] _ in
            accept()
        }
    }

    deinit { close() }

    /// Ends listening: the server is not asked for anything any more, and may be gone.
    func close() {
        guard let registration else { return }
        self.registration = nil
        retry?.cancel()
        context.loop.deregister(registration)
    }

    /// Listens again after a pause.
    func resume() {
        guard isPaused else { return }
        retry?.cancel()
        // Nobody else would find out that it was not heard.
        guard watch(.read) else { return retryLater() }
        isPaused = false
    }

    /// Accepts what waits, no more than a few at a time so that open connections keep their turn.
    private func accept() {
        var left = 16
        // Whoever is asked or called below may close the server, or let go of it: this listener is closed then.
        while left > 0, registration != nil {
            left -= 1
            var leaver: HTTPConnection?
            if context.isFull {
                leaver = context.longestIdle
                guard leaver != nil else { return pause() }
            }
            do {
                guard let accepted = try socket.accept() else { return }
                guard isWelcome(accepted), registration != nil else { continue }
                leaver?.close()
                if registration != nil { context.add(accepted) }
            } catch {
                // EMFILE, ENFILE, ENOBUFS, ENOMEM: the connection stays in the backlog, and a level-triggered listener
                // would spin on it. A closing connection resumes us; the timer helps where others hold the descriptors.
                pause()
                return retryLater()
            }
        }
    }

    private func pause() {
        isPaused = true
        watch(.none)
    }

    private func retryLater() {
        if retry == nil {
            retry = context.loop.makeTimer { [unowned(unsafe) self] in resume() }
        }
        retry?.arm(after: .milliseconds(100))
    }

    /// Changes what is reported; false if the kernel has no memory even for that.
    @discardableResult
    private func watch(_ interest: Interest) -> Bool {
        guard let registration else { return true }
        do {
            try context.loop.reregister(registration, for: interest)
            return true
        } catch {
            return false
        }
    }
}
