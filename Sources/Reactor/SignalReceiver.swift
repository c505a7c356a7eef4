import CLinux

/// Signals as events: the handled ones are blocked on the calling thread and read from a signalfd(2).
///
/// In a process with several threads, every thread must block them (do so before the first thread is started);
/// otherwise the kernel may deliver one to a thread that does not.
final class SignalReceiver {
    private let descriptor: FileDescriptor
    private var set = sigset_t()
    private let handlers = List<Handler>()

    init(loop: EventLoop) throws(Errno) {
        sigemptyset(&set)
        let descriptor = FileDescriptor(rawValue: try Self.signalFile(-1, set))
        self.descriptor = descriptor
        _ = try loop.register(self.descriptor, for: .read) { [unowned(unsafe) self] _ in receive() }
    }

    func handle(_ signal: Int32, _ handler: @escaping () -> Void) throws(Errno) {
        guard sigaddset(&set, signal) == 0 else { throw .current }
        let failure = pthread_sigmask(SIG_BLOCK, &set, nil)
        if failure != 0 { throw Errno(rawValue: failure) }
        _ = try Self.signalFile(descriptor.rawValue, set)
        handlers.append(Handler(signal: signal, call: handler))
    }

    private func receive() {
        var info = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        let number = descriptor.rawValue
        guard case .success(size) = attempt({ read(number, &info, size) }) else { return }
        let signal = Int32(truncatingIfNeeded: info.ssi_signo)
        var index = 0
        while index < handlers.count {
            let handler = handlers[index]
            if handler.signal == signal { handler.call() }
            index += 1
        }
    }

    private struct Handler {
        let signal: Int32
        let call: () -> Void
    }

    private static func signalFile(_ descriptor: Int32, _ set: sigset_t) throws(Errno) -> Int32 {
        var set = set
        return try uninterrupted { () in signalfd(descriptor, &set, clinux_signalfd_flags) }
    }
}
