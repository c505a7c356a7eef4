import HoldPolicy
import HostProcess
import LambdaExtension
import Synchronization

/// The extension's work done by the function's own process: an ``InternalExtension`` on a thread of its own, and the way
/// there from all others. Lasts as long as the process.
package final class InProcessHold: Sendable {
    /// The ids of what is done, for the loop's thread to take; nil once nobody takes them any more.
    private let mailbox = Mutex<[String]?>([])
    private let waker: Waker

    private init(waker: Waker) { self.waker = waker }

    /// Starts the thread and registers with Lambda, which must happen before the function's runtime asks for its first
    /// event.
    ///
    /// - Throws: ``PostInvokeError/modeUnavailable(_:reason:remedy:)``
    package static func start(
        _ endpoint: LambdaEndpoint, _ settings: HoldPolicy.Settings
    ) async throws(PostInvokeError) -> InProcessHold {
        let started: Result<InProcessHold, PostInvokeError> = await withCheckedContinuation { continuation in
            Thread.start {
                do throws(Errno) {
                    let loop = try EventLoop()
                    let hold = InProcessHold(waker: try loop.waker())
                    let worker = InternalExtension(loop: loop, endpoint: endpoint, settings: settings)
                    loop.onWake = { for requestID in hold.takeDones() { worker.finish(requestID) } }
                    worker.register { continuation.resume(returning: $0.map { hold }.mapError(Self.unavailable)) }
                    // The only failures of a running loop are our own bugs.
                    do { try loop.run() } catch { fatalError("the event loop that holds invocations failed: \(error)") }
                    loop.onWake = nil
                    hold.mailbox.withLock { $0 = nil }
                } catch {
                    continuation.resume(
                        returning: .failure(
                            .modeUnavailable(
                                .inProcess, reason: "no event loop: \(error)",
                                remedy: "does the process have a descriptor left?")))
                }
            }
        }
        return try started.get()
    }

    /// Says that everything an invocation has to do is done.
    package func done(_ requestID: String) {
        mailbox.withLock { $0?.append(requestID) }
        waker.wake()
    }

    private func takeDones() -> [String] {
        mailbox.withLock { dones in
            defer { dones?.removeAll(keepingCapacity: true) }
            return dones ?? []
        }
    }

    private static func unavailable(_ error: ExtensionError) -> PostInvokeError {
        .modeUnavailable(
            .inProcess, reason: "\(error)",
            remedy: "connect while the function starts, before its runtime asks for an event, and only once")
    }
}
