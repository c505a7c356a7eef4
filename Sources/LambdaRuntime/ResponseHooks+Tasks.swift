#if !hasFeature(Embedded)
import HostProcess

extension ResponseHooks {
    package typealias SuspendingWork = @Sendable () async -> Void

    static func startTask(_ work: @escaping SuspendingWork, countedBy termination: Termination?) {
        termination?.begin()
        Task {
            await work()
            termination?.end()
        }
    }
}
#endif
