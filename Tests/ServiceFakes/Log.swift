import Synchronization

/// Things that happen on any thread, to be waited for one after another.
public final class Log<Entry: Sendable>: Sendable {
    /// Nothing happened in the time given.
    public struct Timeout: Error {}

    private struct State {
        var entries: [Entry] = []
        var read = 0
        var waiter: CheckedContinuation<Entry?, Never>?
    }

    private let state = Mutex(State())

    /// A log without entries.
    public init() {}

    /// Says that something happened.
    public func append(_ entry: Entry) {
        let waiter = state.withLock { state in
            state.entries.append(entry)
            defer { state.waiter = nil }
            if state.waiter != nil { state.read += 1 }
            return state.waiter
        }
        waiter?.resume(returning: entry)
    }

    /// Everything that happened, waited for or not.
    public var all: [Entry] { state.withLock { $0.entries } }

    /// The next thing; one caller at a time.
    public func next(within limit: Duration = .seconds(10)) async throws -> Entry {
        let alarm = Task {
            try await Task.sleep(for: limit)
            state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }?.resume(returning: nil)
        }
        defer { alarm.cancel() }
        let entry = await withCheckedContinuation { continuation in
            let ready: Entry? = state.withLock { state in
                guard state.read < state.entries.count else {
                    precondition(state.waiter == nil, "two wait for the same log")
                    state.waiter = continuation
                    return nil
                }
                defer { state.read += 1 }
                return state.entries[state.read]
            }
            if let ready { continuation.resume(returning: ready) }
        }
        guard let entry else { throw Timeout() }
        return entry
    }
}
