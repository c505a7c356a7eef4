#if hasFeature(Embedded)
import HostProcess

extension Snapshot {
    /// What hooks throw that `run` runs: nothing.
    func failure(of run: () throws(SnapshotHooks.Failure) -> Void) -> FunctionError? {
        _ = Result(catching: run)
        return nil
    }

    /// Nothing is remembered.
    func forgetPlace() {}
}
#endif
