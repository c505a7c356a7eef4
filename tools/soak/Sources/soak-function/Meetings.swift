import Synchronization

/// Where closures of two invocations wait for each other.
final class Meetings: Sendable {
    private let waiting = Mutex<[UInt32: CheckedContinuation<Bool, Never>]>([:])

    /// Returns when both have come; false when the task was cancelled before.
    func meet(_ partner: UInt32, as number: UInt32) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let partner: CheckedContinuation<Bool, Never>? = waiting.withLock { waiting in
                    if let partner = waiting.removeValue(forKey: partner) { return partner }
                    // The cancellation's handler either finds this one below, or came before.
                    if Task.isCancelled {
                        continuation.resume(returning: false)
                    } else {
                        waiting[number] = continuation
                    }
                    return nil
                }
                guard let partner else { return }
                partner.resume(returning: true)
                continuation.resume(returning: true)
            }
        } onCancel: {
            waiting.withLock { $0.removeValue(forKey: number) }?.resume(returning: false)
        }
    }
}
