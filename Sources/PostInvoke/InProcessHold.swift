#if !hasFeature(Embedded)
import Hold
import HostProcess
import LambdaExtension

/// The extension's work done by the function's own process: an ``InternalExtension`` on a thread of its own, and the way
/// there from all others. Lasts as long as the process.
package final class InProcessHold: Sendable {
    private enum Message: Sendable {
        case register(CheckedContinuation<Result<Void, ExtensionError>, Never>)
        case done(String)
    }

    private let thread: LoopThread<Message>

    private init(thread: LoopThread<Message>) { self.thread = thread }

    /// Starts the thread and registers with Lambda, which must happen before the function's runtime asks for its first
    /// event.
    ///
    /// - Throws: ``PostInvokeError/modeUnavailable(_:reason:remedy:)``
    package static func start(
        _ endpoint: LambdaEndpoint, _ settings: HoldPolicy.Settings
    ) async throws(PostInvokeError) -> InProcessHold {
        let thread: LoopThread<Message>
        do {
            thread = try await LoopThread.start { loop, _ in
                let worker = InternalExtension(loop: loop, endpoint: endpoint, settings: settings)
                return { message in
                    switch message {
                    case .register(let reply): worker.register { reply.resume(returning: $0) }
                    case .done(let requestID): worker.finish(requestID)
                    }
                }
            }
        } catch {
            throw .modeUnavailable(
                .inProcess, reason: "no event loop: \(error)", remedy: "does the process have a descriptor left?")
        }
        let registered = await withCheckedContinuation { thread.send(.register($0)) }
        if case .failure(let error) = registered {
            throw .modeUnavailable(
                .inProcess, reason: "\(error)",
                remedy: "connect while the function starts, before its runtime asks for an event, and only once")
        }
        return InProcessHold(thread: thread)
    }

    /// Says that everything an invocation has to do is done.
    package func done(_ requestID: String) { thread.send(.done(requestID)) }
}
#endif
