import CProcesses

/// Keeps a loop from sleeping for a moment after an answer to a process, whose next call often comes within it.
///
/// Waking a CPU that sleeps takes longer than most functions' work between two calls. On a busy machine the process may be waiting for
/// this very CPU: after some moments in which nothing has come the loop sleeps for a while as any other.
final class Wakefulness {
    private static let moment = Duration.microseconds(50)
    private let loop: EventLoop
    /// False where the process would have to wait for the only CPU.
    private let isUseful = processes_cpus() > 1
    private var end = Instant.now
    private var isAwake = false
    /// The number of moments in a row in which nothing has come, and of those that make it useless for a while.
    private var vain = 0
    private static let patience = 4
    /// The answers until it is tried again.
    private var pause = 0
    private static let rest = 64

    init(loop: EventLoop) { self.loop = loop }

    /// Begins the moment, or begins it anew.
    func extend() {
        guard isUseful else { return }
        guard pause == 0 else { return pause -= 1 }
        end = .now + Self.moment
        guard !isAwake else { return vain = 0 }
        isAwake = true
        goOn()
    }

    /// A loop that has something to do does not sleep.
    private func goOn() {
        isAwake = Instant.now < end
        guard !isAwake else { return loop.enqueue { [self] in goOn() } }
        vain += 1
        if vain == Self.patience { (vain, pause) = (0, Self.rest) }
    }
}
