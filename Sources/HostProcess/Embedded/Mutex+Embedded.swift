#if hasFeature(Embedded)
/// The `Synchronization.Mutex` of a program of one thread: nobody else is ever there, so that nothing is locked.
///
/// That nobody takes it twice at a time is still seen to.
package struct Mutex<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
    private final class State {
        var value: Value
        var isTaken = false

        init(_ value: consuming Value) { self.value = value }
    }

    private let state: State

    package init(_ value: consuming sending Value) { state = State(value) }

    package func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(!state.isTaken, "locked twice")
        state.isTaken = true
        defer { state.isTaken = false }
        return try body(&state.value)
    }

    package func withLockIfAvailable<Result: ~Copyable, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        state.isTaken ? nil : try withLock(body)
    }
}
#endif
