import CProcesses

/// Keeps a loop from sleeping for a moment after an answer to a process, whose next call often comes within it.
///
/// Waking a CPU that sleeps takes longer than most functions' work between two calls.
final class Wakefulness {
    private static let moment = Duration.microseconds(50)
    private let loop: EventLoop
    /// False where the process would have to wait for the only CPU.
    private let isUseful = processes_cpus() > 1
    private var end = Instant.now
    private var isAwake = false

    init(loop: EventLoop) { self.loop = loop }

    /// Begins the moment, or begins it anew.
    func extend() {
        guard isUseful else { return }
        end = .now + Self.moment
        guard !isAwake else { return }
        isAwake = true
        goOn()
    }

    /// A loop that has something to do does not sleep.
    private func goOn() {
        isAwake = Instant.now < end
        if isAwake { loop.enqueue { [self] in goOn() } }
    }
}
