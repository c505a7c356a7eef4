import Glibc
import Sandbox

/// For how long processes had to wait for a processor, ready to run, over the last seconds: a machine that lets nobody run is not
/// the fault of who is watched.
struct ProcessorWaits {
    private struct Look {
        let moment: Instant
        let times: [String: Duration]
        /// The time by which this look came too late after the one before: this process waited, too.
        let pause: Duration
    }

    private let memory: Duration
    private var looks: [Look] = []

    /// - Parameter memory: the time that a look is kept.
    init(memory: Duration) { self.memory = memory }

    /// Looks at processes, as is meant to be done every tenth of a second at least.
    mutating func look(at processes: some Sequence<pid_t>) {
        let now = Instant.now
        let pause = looks.last.map { max(.zero, now - $0.moment - .milliseconds(100)) } ?? .zero
        looks.append(Look(moment: now, times: Self.times(of: processes), pause: pause))
        // One from before the time that is remembered has to stay, to compare with.
        while looks.count > 1, now - looks[1].moment > memory { looks.removeFirst() }
    }

    /// Returns the sum of two waits since a moment: this process's, and that of the thread of the other processes that
    /// waited longest.
    ///
    /// - Parameter processes: those of the others that still are, to be looked at now.
    func longest(since start: Instant, _ processes: some Sequence<pid_t>) -> Duration {
        // All of the waiting counts for a process that began later.
        let before = looks.last { $0.moment <= start }?.times ?? [:]
        var after = before
        for look in looks where look.moment > start { after.merge(look.times) { max($0, $1) } }
        after.merge(Self.times(of: processes)) { max($0, $1) }
        let others = after.map { $1 - (before[$0] ?? .zero) }.max() ?? .zero
        let present = looks.last.map { max(.zero, .now - $0.moment - .milliseconds(100)) } ?? .zero
        let own = looks.filter { $0.moment > start }.map(\.pause).max() ?? .zero
        return others + max(own, present)
    }

    private static func times(of processes: some Sequence<pid_t>) -> [String: Duration] {
        var times: [String: Duration] = [:]
        for process in processes { times.merge(ProcessProbe.runQueueDelays(of: process)) { $1 } }
        return times
    }
}
