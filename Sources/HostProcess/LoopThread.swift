#if !hasFeature(Embedded)
import Reactor
import Synchronization

/// An event loop on a thread of its own, and the mailbox by which other threads reach it.
///
/// Messages are handled on the loop's thread, in the order in which they were sent. Nobody holds the mailbox's lock while waiting.
package final class LoopThread<Message: Sendable>: Sendable {
    /// Nil once nobody takes messages any more.
    private let mailbox = Mutex<[Message]?>([])
    private let waker: Waker

    private init(waker: Waker) { self.waker = waker }

    /// Starts the thread; it ends when its loop is stopped.
    ///
    /// - Parameter setUp: called on the thread, with the loop and this object, before any message is handled; returns what handles
    ///   messages, and owns what lives on the thread alone.
    /// - Throws: the ``Errno`` of the descriptors that a loop needs, or that `setUp` threw.
    package static func start(
        _ setUp: @escaping @Sendable (EventLoop, LoopThread) throws(Errno) -> (Message) -> Void
    ) async throws(Errno) -> LoopThread {
        let started = Mutex<Result<LoopThread, Errno>?>(nil)
        await withCheckedContinuation { continuation in
            Thread.start {
                do throws(Errno) {
                    let loop = try EventLoop()
                    let thread = LoopThread(waker: try loop.waker())
                    let handle = try setUp(loop, thread)
                    loop.onWake = { for message in thread.take() { handle(message) } }
                    // The lock, not the continuation, hands it over: the thread sanitizer knows of locks only.
                    started.withLock { $0 = .success(thread) }
                    continuation.resume()
                    // The only failures of a running loop are our own bugs.
                    do { try loop.run() } catch { fatalError("an event loop failed: \(error)") }
                    loop.onWake = nil
                    thread.mailbox.withLock { $0 = nil }
                } catch {
                    started.withLock { $0 = .failure(error) }
                    continuation.resume()
                }
            }
        }
        return try started.withLock { $0! }.get()
    }

    /// Has a message handled on the loop's thread; it is dropped when the loop has been stopped.
    package func send(_ message: Message) {
        mailbox.withLock { $0?.append(message) }
        waker.wake()
    }

    private func take() -> [Message] {
        mailbox.withLock { messages in
            defer { messages?.removeAll(keepingCapacity: true) }
            return messages ?? []
        }
    }
}
#endif
