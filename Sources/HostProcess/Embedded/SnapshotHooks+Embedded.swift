#if hasFeature(Embedded)
extension SnapshotHooks {
    /// The error of a hook: there is none, as there is no type for any error.
    package enum Failure: Error, CustomStringConvertible {
        package var description: String { switch self {} }
    }
    /// There is none.
    package typealias SuspendingWork = Never

    static func runBlocking(_ work: Never) throws(Failure) {}
}
#endif
