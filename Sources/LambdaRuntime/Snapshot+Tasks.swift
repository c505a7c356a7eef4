#if !hasFeature(Embedded)
import HostProcess
import LambdaAPI

extension Snapshot {
    /// Goes through the snapshot without blocking the thread.
    ///
    /// - Throws: the error of a hook, after it was reported, or the ``RuntimeError`` of the call that asks for the
    ///   restore.
    func pass(_ worker: LoneWorker, at endpoint: LambdaEndpoint) async throws {
        do {
            try await hooks.before.run()
        } catch {
            let error = FunctionError.beforeSnapshot(FunctionError(error))
            try? await worker.result { $0.initError(error, completion: $1) }
            throw error
        }
        try await worker.result { $0.restoreNext($1) }
        let limit = restored(endpoint)
        do {
            try await hooks.after.run()
            limit.callOff()
        } catch {
            limit.callOff()
            let error = FunctionError.afterRestore(FunctionError(error))
            try? await worker.result { $0.restoreError(error, completion: $1) }
            throw error
        }
    }

    /// Runs hooks; their error, if one threw.
    func failure(of run: () throws -> Void) -> FunctionError? {
        do {
            try run()
            return nil
        } catch {
            return FunctionError(error)
        }
    }

    /// Drops what was remembered of the place where the snapshot was taken.
    func forgetPlace() { MetadataService.shared.forget() }
}
#endif
