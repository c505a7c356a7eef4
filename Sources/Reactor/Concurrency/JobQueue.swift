#if hasFeature(Embedded)
/// Embedded Swift has no concurrency: no job ever waits.
struct JobQueue {
    init(epoll: Int32) {}
    var isReady: Bool { false }
    func beginRound() {}
    func endRound() {}
    func takeArrivals() {}
    func run(on loop: EventLoop, while goesOn: () -> Bool) -> Int { 0 }
}
#else
import CLinux
import Synchronization

/// The jobs of Swift's concurrency that wait for a loop, from any thread.
///
/// A job that comes from the loop's own thread during a round goes into a plain array and costs no system call; one from
/// elsewhere is put under a lock, and the first of them wakes the loop through an eventfd(2) that is made when it is
/// first needed.
final class JobQueue: Sendable {
    private struct Arrivals {
        var jobs: [UnownedJob] = []
        var waker: Waker?
    }

    private let epoll: Int32
    private let arrivals = Mutex(Arrivals())
    /// The thread whose round is under way; 0 between rounds, when every job takes the lock.
    private let owner = Atomic<UInt>(0)
    // Touched by the owner only.
    nonisolated(unsafe) private var own: [UnownedJob] = []
    nonisolated(unsafe) private var next = 0
    /// The rest of the round for jobs, and for what they do to descriptors.
    nonisolated(unsafe) var share = RoundShare()

    /// - Parameter epoll: the descriptor the loop waits on; epoll_ctl(2) may be called from any thread.
    init(epoll: Int32) { self.epoll = epoll }

    /// True if the calling thread is in a round of the loop.
    var isInRound: Bool { owner.load(ordering: .relaxed) == UInt(clinux_thread()) }

    /// True if a job waits that no wake will come for.
    var isReady: Bool { next < own.count }

    func beginRound() { owner.store(UInt(clinux_thread()), ordering: .relaxed) }

    func endRound() { owner.store(0, ordering: .relaxed) }

    func append(_ job: UnownedJob) {
        if isInRound { return own.append(job) }
        arrivals.withLock { arrivals in
            arrivals.jobs.append(job)
            if arrivals.waker == nil { arrivals.waker = makeWaker() }
            if arrivals.jobs.count == 1 { arrivals.waker?.wake() }
        }
    }

    /// Takes over what came from other threads; the loop calls it when it finds ``Token/jobs`` among its events.
    func takeArrivals() {
        arrivals.withLock { arrivals in
            arrivals.waker?.drain()
            own.append(contentsOf: arrivals.jobs)
            arrivals.jobs.removeAll(keepingCapacity: true)
        }
    }

    /// Runs jobs, those that they add among them, for as long as `goesOn` says so and the round's share lasts.
    ///
    /// - Returns: the number of jobs run.
    func run(on loop: EventLoop, while goesOn: () -> Bool) -> Int {
        var count = 0
        share = RoundShare()
        while next < own.count, !share.isSpent, goesOn() {
            let job = own[next]
            next += 1
            count += 1
            share.spend()
            job.runSynchronously(
                isolatedTo: loop.asUnownedSerialExecutor(), taskExecutor: loop.asUnownedTaskExecutor())
        }
        if next == own.count {
            own.removeAll(keepingCapacity: true)
            next = 0
        } else if next >= RoundShare.units {
            own.removeFirst(next)
            next = 0
        }
        return count
    }

    private func makeWaker() -> Waker {
        do {
            let waker = try Waker()
            try Poller.add(waker.descriptor.rawValue, to: epoll, for: .read, token: .jobs)
            return waker
        } catch {
            // An executor has no way to refuse a job, and a task that never runs would be worse.
            fatalError("cannot wake the event loop: \(error)")
        }
    }
}
#endif

extension Token {
    /// Stands for the queue's eventfd(2); no slot of a loop's table ever has this number.
    static var jobs: Token { Token(packed: .max) }
}
