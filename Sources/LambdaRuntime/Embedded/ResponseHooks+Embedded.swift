#if hasFeature(Embedded)
import HostProcess

extension ResponseHooks {
    /// There is none.
    package typealias SuspendingWork = Never

    static func startTask(_ work: Never, countedBy termination: Termination?) {}
}
#endif
