#if !hasFeature(Embedded)
/// The waiting of tasks until a descriptor can be read or written: one for each direction at a time.
///
/// On the loop's thread only, `Sendable` so that a cancellation can be handed there.
final class Readiness: @unchecked Sendable {
    enum Direction { case read, write }

    /// A wait has a number of its own: a cancellation comes to the loop as a job, and by then another task may wait here.
    private struct Wait {
        let number: UInt64
        let continuation: UnsafeContinuation<Bool, Never>
    }

    let loop: EventLoop
    private var registration: Token?
    private var reader: Wait?
    private var writer: Wait?
    /// The number of waits so far.
    private var waits: UInt64 = 0
    /// True once ``end()`` was called.
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
        waits += 1
        let number = waits
        let isReady = await withTaskCancellationHandler {
            await withUnsafeContinuation { begin(direction, Wait(number: number, continuation: $0)) }
        } onCancel: {
            Task(executorPreference: loop) { self.cancel(direction, number) }
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

    private func begin(_ direction: Direction, _ wait: Wait) {
        // A cancellation's job that was run before this is not to be waited for; one that comes later finds us here.
        guard !isEnded, !Task.isCancelled else { return wait.continuation.resume(returning: false) }
        // Without a registration the peer has gone, and nothing will ever block again.
        guard registration != nil else { return wait.continuation.resume(returning: true) }
        switch direction {
        case .read:
            precondition(reader == nil, "two tasks read from one descriptor")
            reader = wait
        case .write:
            precondition(writer == nil, "two tasks write to one descriptor")
            writer = wait
        }
        askForWhatIsAwaited()
    }

    private func cancel(_ direction: Direction, _ number: UInt64) {
        let wait = direction == .read ? reader : writer
        if wait?.number == number { resume(direction, isReady: false) }
    }

    private func handle(_ event: Event) {
        // Nobody is left to wait for; a registration that is kept would be notified every round.
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
            reader?.continuation.resume(returning: isReady)
            reader = nil
        case .write:
            writer?.continuation.resume(returning: isReady)
            writer = nil
        }
    }

    /// A direction is watched while somebody waits for it, or the loop would be notified of it for ever.
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
