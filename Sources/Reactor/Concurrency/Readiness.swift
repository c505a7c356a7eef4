#if !hasFeature(Embedded)
/// Where tasks wait until a descriptor can be read or written: one for each direction at a time.
///
/// On the loop's thread only, `Sendable` so that a cancellation can be handed there.
final class Readiness: @unchecked Sendable {
    enum Direction { case read, write }

    let loop: EventLoop
    private var registration: Token?
    private var reader: UnsafeContinuation<Bool, Never>?
    private var writer: UnsafeContinuation<Bool, Never>?
    /// Whether ``end()`` was called.
    private(set) var isEnded = false

    /// Watches a descriptor that stays the caller's, until ``end()``.
    ///
    /// - Throws: the ``Errno`` of registering it.
    init(of descriptor: borrowing FileDescriptor, on loop: EventLoop) throws(Errno) {
        self.loop = loop
        registration = try loop.register(descriptor, for: []) { [unowned(unsafe) self] in handle($0) }
    }

    /// Waits until the descriptor is ready.
    ///
    /// - Throws: ``Errno/cancelled`` when the task is cancelled or the descriptor is closed meanwhile.
    nonisolated(nonsending) func wait(_ direction: Direction) async throws(Errno) {
        precondition(loop.isOnLoop, "waiting for a descriptor outside of its event loop")
        let isReady = await withTaskCancellationHandler {
            await withUnsafeContinuation { begin(direction, $0) }
        } onCancel: {
            Task(executorPreference: loop) { self.resume(direction, isReady: false) }
        }
        if !isReady || Task.isCancelled { throw .cancelled }
    }

    /// Ends every wait, and the registration: to be called before the descriptor is closed.
    func end() {
        guard !isEnded else { return }
        isEnded = true
        if let registration { loop.deregister(registration) }
        registration = nil
        resume(.read, isReady: false)
        resume(.write, isReady: false)
    }

    private func begin(_ direction: Direction, _ continuation: UnsafeContinuation<Bool, Never>) {
        // A cancellation's job that was run before this is not to be waited for; one that comes later finds us here.
        guard !isEnded, !Task.isCancelled else { return continuation.resume(returning: false) }
        // Without a registration the peer has gone, and nothing will ever block again.
        guard registration != nil else { return continuation.resume(returning: true) }
        switch direction {
        case .read:
            precondition(reader == nil, "two tasks read from one descriptor")
            reader = continuation
        case .write:
            precondition(writer == nil, "two tasks write to one descriptor")
            writer = continuation
        }
        askForWhatIsAwaited()
    }

    private func handle(_ event: Event) {
        // Nobody is left to wait for; a registration that is kept would be told of it every round.
        if event.isHangup || event.isError, let registration {
            loop.deregister(registration)
            self.registration = nil
        }
        if event.isReadable { resume(.read, isReady: true) }
        if event.isWritable { resume(.write, isReady: true) }
        askForWhatIsAwaited()
    }

    private func resume(_ direction: Direction, isReady: Bool) {
        switch direction {
        case .read:
            reader?.resume(returning: isReady)
            reader = nil
        case .write:
            writer?.resume(returning: isReady)
            writer = nil
        }
    }

    /// A direction is watched while somebody waits for it, or the loop would be told of it for ever.
    private func askForWhatIsAwaited() {
        guard let registration else { return }
        var interest: Interest = []
        if reader != nil { interest.insert(.read) }
        if writer != nil { interest.insert(.write) }
        do {
            try loop.reregister(registration, for: interest)
        } catch {
            preconditionFailure("an event loop lost a descriptor that it watches")
        }
    }
}
#endif
