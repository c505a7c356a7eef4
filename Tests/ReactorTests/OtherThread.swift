import CLinux

/// A thread that runs a closure once, to be waited for.
struct OtherThread: ~Copyable {
    private let thread: pthread_t

    init(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(Body(body)).toOpaque()
        let failure = pthread_create(
            &thread, nil,
            { argument in
                Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue().call()
                return nil
            }, argument)
        precondition(failure == 0, "no thread")
        self.thread = thread
    }

    consuming func join() { pthread_join(thread, nil) }

    private final class Body: Sendable {
        let call: @Sendable () -> Void
        init(_ call: @escaping @Sendable () -> Void) { self.call = call }
    }
}
