import Synchronization
import TestSupport

/// Things that happen on any thread, to be waited for one after another.
public final class Log<Entry: Sendable>: Sendable {
    private struct State {
        var entries: [Entry] = []
        var read = 0
        var waiter: CheckedContinuation<Void, Never>?
        /// The waits so far, so that the alarm of one that is over leaves the next one's waiter alone.
        var waits = 0
    }

    private let state = Mutex(State())

    /// A log without entries.
    public init() {}

    /// Says that something happened.
    public func append(_ entry: Entry) {
        state.withLock { state in
            state.entries.append(entry)
            defer { state.waiter = nil }
            return state.waiter
        }?.resume()
    }

    /// Everything that happened, waited for or not.
    public var all: [Entry] { state.withLock { $0.entries } }

    /// The next thing; one caller at a time.
    ///
    /// The waiter is woken and then takes the entry under the lock, so that the thread sanitizer sees the hand-over.
    ///
    /// - Throws: ``WaitedInVain`` when nothing happens.
    public func next() async throws -> Entry {
        let wait = state.withLock { state in
            state.waits += 1
            return state.waits
        }
        let alarm = Task {
            try await Task.sleep(for: patience)
            takeWaiter(of: wait)?.resume()
        }
        defer { alarm.cancel() }
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.read < state.entries.count { return true }
                precondition(state.waiter == nil, "two wait for the same log")
                state.waiter = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
        return try state.withLock { state in
            guard state.read < state.entries.count else { throw WaitedInVain("nothing came") }
            defer { state.read += 1 }
            return state.entries[state.read]
        }
    }

    private func takeWaiter(of wait: Int) -> CheckedContinuation<Void, Never>? {
        state.withLock { state in
            guard state.waits == wait else { return nil }
            defer { state.waiter = nil }
            return state.waiter
        }
    }
}
