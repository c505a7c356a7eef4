/// A closure that an invocation leaves to run after its response.
package struct PlannedClosure: Equatable, Sendable {
    package enum Work: Equatable, Sendable {
        /// Nothing but being there.
        case plain
        case fail
        /// Leaves a further closure, which runs next.
        case nest
        /// Sleeps for so many microseconds.
        case sleep(Int)
        /// Keeps a core busy for so many microseconds.
        case spin(Int)
        /// Sleeps until it is cancelled, as it is shortly before the deadline.
        case overrun
        /// Does not heed its cancellation and goes on into the next invocation.
        case spill
        /// Waits until a closure of the invocation's partner waits for it, which can only be when neither waits for anything of the
        /// other's invocation to end.
        case meet
    }

    /// Its number within the invocation, in the order of registration.
    package var index: UInt16
    package var work: Work

    /// The number of the closure that a ``Work/nest`` leaves.
    package var nestedIndex: UInt16 { index + 100 }
}
