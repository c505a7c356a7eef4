#if hasFeature(Embedded)
import HostProcess

extension Snapshot {
    /// Runs hooks, which throw nothing here.
    func failure(of run: () throws(SnapshotHooks.Failure) -> Void) -> FunctionError? {
        _ = Result(catching: run)
        return nil
    }

    /// Nothing is remembered.
    func forgetPlace() {}
}
#endif
