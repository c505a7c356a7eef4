import CLinux
import Hold
import HostProcess
import LambdaAPI

// The ways to have a mode that need no other thread.
extension PostInvoke {
    /// Connects to the extension at the first of the addresses where it answers; Unix sockets are tried first.
    static func connect(
        to addresses: [ExtensionAddress], in environment: FunctionEnvironment
    ) throws(PostInvokeError) -> PostInvoke {
        var fault = PostInvokeError.unreachable(address: addresses.map { $0.text }.joined(separator: ","))
        for address in addresses.filter({ $0.isUnix }) + addresses.filter({ !$0.isUnix }) {
            do {
                return try connect(to: address, timeout: environment.sessionTimeout, environment.snapshotHooks)
            } catch .unreachable {
                continue
            } catch {
                fault = error
            }
        }
        throw fault
    }

    /// - Parameters:
    ///   - timeout: the longest wait for each step of a request.
    ///   - hooks: the hooks by which the session is renewed after a restore.
    package static func connect(
        to address: ExtensionAddress, timeout: Duration, _ hooks: SnapshotHooks? = nil
    ) throws(PostInvokeError) -> PostInvoke {
        let session = Session(address: address, timeout: timeout)
        hooks?.after.add(.blocking { session.renew() })
        let ledger: HoldLedger
        switch try session.open() {
        case .hold: ledger = HoldLedger(releasingBy: session)
        case .passThrough: ledger = HoldLedger(keeping: session)
        }
        return PostInvoke(ledger: ledger, mode: .layer)
    }

    static var noLambda: String { "AWS_LAMBDA_RUNTIME_API is not set, this is not Lambda" }

    static func onManagedInstances(_ environment: FunctionEnvironment) throws(PostInvokeError) -> PostInvoke {
        guard environment.isOnManagedInstances else {
            throw .modeUnavailable(
                .managed, reason: "AWS_LAMBDA_INITIALIZATION_TYPE is not lambda-managed-instances",
                remedy: "use mode .layer or .inProcess, this environment freezes")
        }
        // Lambda lets invocations go on until SIGTERM there, and closures without knowing of them.
        environment.termination?.watch { log(.warn, $0) }
        return PostInvoke(ledger: HoldLedger(waitedForBy: environment.termination), mode: .managed)
    }

    static func local(_ environment: FunctionEnvironment) -> PostInvoke {
        let reason = environment.runtimeAPI == nil ? noLambda : "mode .local"
        log(.info, "\(reason): closures run after the handler")
        return PostInvoke(ledger: HoldLedger(), mode: .local)
    }

    /// Ends the process because there is nothing to be had that was asked for.
    static func exit(because error: PostInvokeError) -> Never {
        log(.fatal, "\(error)")
        InitErrorReport(of: error).send(to: FunctionEnvironment.ofProcess.runtimeAPI, timeout: .seconds(2))
        CLinux.exit(error.exitCode)
    }
}
