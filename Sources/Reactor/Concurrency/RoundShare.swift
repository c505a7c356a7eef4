#if !hasFeature(Embedded)
import CLinux

/// The share that tasks have in one round of the loop before descriptors and timers are looked at again.
///
/// Handlers are bounded by being called once a round. A task is not: what it reads may be there already, and what fails or is
/// cancelled does not wait either, so that a task could go on for ever without giving the loop back. Each job takes one unit
/// of the share and each attempt another, whatever comes of it; moved bytes take more, so that a round lasts about a
/// millisecond at most on common machines, with small reads as with large ones.
struct RoundShare {
    /// The whole share. An attempt that finds it used up waits for the next round, and so do the jobs behind it.
    static let units = 256
    /// The bytes that take another unit.
    static let bytesPerUnit = 4_096
    /// The most bytes to ask of one system call: the kernel goes on for as long as the peer keeps up.
    static let bytesPerCall = 262_144

    private var left = Self.units

    /// True if nothing is left.
    var isSpent: Bool { left <= 0 }

    /// Takes the units of one job or attempt.
    mutating func spend(_ units: Int = 1) { left -= units }

    /// Takes the units of bytes that were moved.
    mutating func spend(bytes: Int) { left -= bytes / Self.bytesPerUnit }
}

extension EventLoop {
    /// Returns true if an attempt may be made in this round, and takes its unit of the share; where not,
    /// ``nextRound()`` is to be awaited first.
    func beginAttempt() -> Bool {
        precondition(isOnLoop, "using an event loop from outside of it")
        guard !jobs.share.isSpent else { return false }
        jobs.share.spend()
        return true
    }

    /// Lets the loop look at its descriptors and timers, and those go first who wait already. The attempt that follows may be
    /// made whatever is left of the share: nobody is put off twice.
    ///
    /// A cancelled task waits as well, since one that goes on regardless must not stop the others.
    nonisolated(nonsending) func nextRound() async {
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            // Jobs are the last of a round: this is called in the next one.
            enqueue { continuation.resume() }
        }
        jobs.share.spend()
    }

    /// Lets time pass after a failure that a retry at once would only meet again; over early when the task is cancelled.
    nonisolated(nonsending) func pause(in sleeper: Sleeper? = nil) async {
        // As long as a server's listener waits until it tries again.
        await sleep(until: .now + .milliseconds(100), in: sleeper ?? Sleeper(loop: self))
    }
}

extension Errno {
    /// True if something has run out that only time brings back: descriptors, memory, a Unix listener's backlog.
    var isShortage: Bool {
        switch self {
        case .tooManyFiles, .tooManyFilesInSystem, .noBufferSpace, .noMemory, .wouldBlock: true
        // The number of descriptors that a user may watch, epoll_ctl(2).
        default: rawValue == ENOSPC
        }
    }
}
#endif
