import Bytes
import JSON
import LambdaExtension
import Reactor

/// The part of an extension that is the same in the layer and in the function's own process: it turns events into inputs of
/// ``HoldPolicy`` and the policy's actions into calls, and holds no rule of its own.
package protocol HoldDriver: AnyObject {
    var loop: EventLoop { get }
    var client: ExtensionClient { get }
    var policy: HoldPolicy { get set }
    /// The timer of the hold, which brings ``HoldPolicy/Input/timer``.
    var timer: EventLoop.Timer? { get }

    /// Takes an input through ``decide(_:)`` and ``carryOut(_:)``.
    func take(_ input: HoldPolicy.Input)
    /// Asks for the next event, which ``receive(_:)`` is called with.
    func askNext()
    /// The environment ends.
    func end()
    /// Lambda's API failed: no event comes any more.
    func fail(_ error: ExtensionError)
}

extension HoldDriver {
    /// Takes in an answer to Next.
    package func receive(_ result: Result<ExtensionEventView, ExtensionError>) {
        switch result {
        case .failure(let error):
            if client.asksAgain(after: error) { askNext() } else { fail(error) }
        case .success(.shutdown): take(.shutdown)
        case .success(.unknown): askNext()
        case .success(.invoke(let event)):
            guard let id = RequestID(event.requestID) else {
                return fail(ExtensionError(call: .next, fault: .malformed("a requestId of 1 to 128 bytes")))
            }
            take(.invoke(id, deadline: event.deadlineNanoseconds))
        }
    }

    /// Hands an input to the policy.
    ///
    /// - Returns: what is to be done about it, by ``carryOut(_:)``. Whatever must be out while the environment surely
    ///   runs, goes out before that: it may freeze as soon as Next is asked.
    package func decide(_ input: HoldPolicy.Input) -> HoldPolicy.Action {
        policy.handle(input, at: ClockReading(monotonic: loop.now.nanoseconds, wall: WallClock.nanoseconds))
    }

    /// Does as the policy says.
    package func carryOut(_ action: HoldPolicy.Action) {
        switch action {
        case .nothing, .refuse: break
        case .hold(let instant): timer?.arm(at: Instant(nanoseconds: instant))
        case .next: askNext()
        case .release:
            timer?.cancel()
            askNext()
        case .exit: end()
        }
    }
}

extension RequestID {
    /// A copy of an event's text; nil if it has none or more than ``maximumCount`` bytes.
    fileprivate init?(_ text: JSONText) {
        if text.hasEscapes {
            var plain = Buffer()
            text.append(to: &plain)
            self.init(plain.readable.rawBuffer)
        } else {
            self.init(text.raw.rawBuffer)
        }
    }
}
