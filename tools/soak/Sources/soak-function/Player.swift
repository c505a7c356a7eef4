import Glibc
import PostInvokeRuntime
import SoakCore

/// Does what a plan says of each invocation.
struct Player: Sendable {
    let plan: Plan
    let ledger: LedgerWriter
    private let meetings = Meetings()

    /// An error that is part of the plan.
    struct Planned: Error {}

    /// The handler: leaves the closures, takes its time and ends.
    func handle(_ event: [UInt8]) async throws -> [UInt8] {
        guard let number = UInt32(String(decoding: event, as: UTF8.self)) else { throw Planned() }
        let work = plan.invocation(number)
        for closure in work.closures { leave(closure, of: work) }
        if work.delay > 0 { try await Task.sleep(for: .microseconds(work.delay)) }
        switch work.ending {
        case .response: break
        case .error: throw Planned()
        case .hang:
            guard plan.concurrency != nil else {
                try await Task.sleep(for: .seconds(86_400))
                throw Planned()
            }
            // The process lives on there: the answer comes after all, and is refused.
            try await Task.sleep(for: (PostInvoke.remainingTime ?? .zero) + .milliseconds(100))
        }
        return Array("[\(number),\(work.closures.count)]".utf8)
    }

    /// Registers a closure that does as planned and says so.
    private func leave(_ closure: PlannedClosure, of invocation: PlannedInvocation) {
        let number = invocation.number
        // Also where it starts after the deadline, it does not wait for ever.
        let patience = closure.work == .meet ? PostInvoke.remainingTime : nil
        PostInvoke.run(timeout: patience) {
            ledger.write(number, closure.index, .begun)
            var end = ClosureRecord.Kind.ended
            defer { ledger.write(number, closure.index, end) }
            switch closure.work {
            case .plain: break
            case .fail: throw Planned()
            case .nest:
                PostInvoke.run {
                    ledger.write(number, closure.nestedIndex, .begun)
                    ledger.write(number, closure.nestedIndex, .ended)
                }
            case .sleep(let microseconds): try await Task.sleep(for: .microseconds(microseconds))
            case .spin(let microseconds): Self.spin(microseconds)
            case .overrun:
                end = .cancelled
                try await Task.sleep(for: .seconds(86_400))
            case .spill:
                let left = PostInvoke.remainingTime ?? .zero
                await Task.detached { try? await Task.sleep(for: left + .milliseconds(150)) }.value
            case .meet: if await !meetings.meet(invocation.partner, as: number) { end = .cancelled }
            }
        }
    }

    private static func spin(_ microseconds: Int) {
        let end = LedgerWriter.monotonicNanoseconds + Int64(microseconds) * 1_000
        while LedgerWriter.monotonicNanoseconds < end {}
    }

    /// A variable of the environment; empty when it is not set.
    static func variable(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
}
