import CLinux
import Hold
import HostProcess
import LambdaExtension

extension PostInvoke {
    /// Finds out where the function runs and who can hold its invocations open.
    ///
    /// Connect while the function starts, before its runtime asks for the first event: Lambda accepts an extension in
    /// the function's own process no later than that. To reach the extension in the layer blocks the thread for a round
    /// trip within the machine.
    ///
    /// Where nobody catches the error, as at the top level of a program, ``connectOrExit(mode:writesLinesAtOnce:)`` says more to
    /// Lambda and to the log.
    ///
    /// - Parameters:
    ///   - mode: the mode to have, or ``ModeChoice/automatic`` for the one that fits; ``mode`` says which it has
    ///     become.
    ///   - writesLinesAtOnce: makes standard output line-buffered. Lambda reads it from a pipe, for which the C library would
    ///     keep lines back by the kilobyte: what a closure prints would appear invocations later, or, where SIGTERM ends the
    ///     process, never. False leaves standard output as it is.
    /// - Throws: ``PostInvokeError`` with the reason and the remedy when the mode cannot be had.
    public static func connect(
        mode: ModeChoice = .automatic, writesLinesAtOnce: Bool = true
    ) async throws(PostInvokeError) -> PostInvoke {
        if writesLinesAtOnce { StandardOutput.writeLinesAtOnce() }
        return try await connect(mode: mode, in: .ofProcess)
    }

    /// Connects as ``connect(mode:writesLinesAtOnce:)`` does, for a program whose runtime does not run yet; a failure ends the
    /// process.
    ///
    /// The reason is then one entry on standard error, and is reported to Lambda (`/init/error`, "Using the Lambda
    /// runtime API"), and the exit code is 78 where a setting is wrong, 1 otherwise. An error that leaves the top level
    /// of a program, by `try await PostInvoke.connect()`, would end it with a trap and report nothing to Lambda. In the
    /// closure of `LambdaRuntime.run` of this package, which reports errors itself, `connect` is as good.
    ///
    /// - Parameters:
    ///   - mode: the mode to have.
    ///   - writesLinesAtOnce: makes standard output line-buffered.
    public static func connectOrExit(
        mode: ModeChoice = .automatic, writesLinesAtOnce: Bool = true
    ) async -> PostInvoke {
        do {
            return try await connect(mode: mode, writesLinesAtOnce: writesLinesAtOnce)
        } catch {
            log(.fatal, "\(error)")
            InitErrorReport(of: error).send(to: FunctionEnvironment.ofProcess.runtimeAPI, timeout: .seconds(2))
            exit(error.exitCode)
        }
    }

    package static func connect(
        mode: ModeChoice, in environment: FunctionEnvironment
    ) async throws(PostInvokeError) -> PostInvoke {
        do throws(PostInvokeError) {
            switch mode {
            case .automatic: return try await connectAutomatically(in: environment)
            // No extension is notified of invocations there, and there is nothing to be held.
            case .layer where environment.isOnManagedInstances, .inProcess where environment.isOnManagedInstances:
                return try onManagedInstances(environment)
            case .layer:
                return try connect(to: ExtensionAddress.list(environment.address), in: environment)
            case .inProcess: return try await holdInProcess(environment)
            case .managed: return try onManagedInstances(environment)
            case .local: return local(environment)
            }
        } catch {
            throw environment.missingLambda(behind: error) ?? error
        }
    }

    private static func connectAutomatically(
        in environment: FunctionEnvironment
    ) async throws(PostInvokeError) -> PostInvoke {
        if environment.isOnManagedInstances { return try onManagedInstances(environment) }
        guard environment.runtimeAPI != nil else { return local(environment) }
        let addresses = try ExtensionAddress.list(environment.address)
        let missing: PostInvokeError
        do { return try connect(to: addresses, in: environment) } catch { missing = error }
        do {
            return try await holdInProcess(environment)
        } catch {
            // If neither is possible, the error recommends the layer, which works everywhere.
            if case .modeUnavailable = error { throw missing }
            throw error
        }
    }

    /// Connects to the extension at the first of the addresses where it answers; Unix sockets are tried first.
    private static func connect(
        to addresses: [ExtensionAddress], in environment: FunctionEnvironment
    ) throws(PostInvokeError) -> PostInvoke {
        var fault = PostInvokeError.unreachable(address: addresses.map(\.text).joined(separator: ","))
        for address in addresses.filter(\.isUnix) + addresses.filter({ !$0.isUnix }) {
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

    private static func holdInProcess(_ environment: FunctionEnvironment) async throws(PostInvokeError) -> PostInvoke {
        guard let api = environment.runtimeAPI else {
            throw .modeUnavailable(
                .inProcess, reason: noLambda, remedy: "use mode .local")
        }
        let settings = try environment.holdSettings()
        let endpoint: LambdaEndpoint
        do {
            endpoint = try api.withByteView { (text) throws(SettingError) in try LambdaEndpoint(parsing: text) }
        } catch {
            throw PostInvokeError(error)
        }
        let hold = try await InProcessHold.start(endpoint, settings)
        return PostInvoke(ledger: HoldLedger { hold.done($0) }, mode: .inProcess)
    }

    private static var noLambda: String { "AWS_LAMBDA_RUNTIME_API is not set, this is not Lambda" }

    private static func onManagedInstances(_ environment: FunctionEnvironment) throws(PostInvokeError) -> PostInvoke {
        guard environment.isOnManagedInstances else {
            throw .modeUnavailable(
                .managed, reason: "AWS_LAMBDA_INITIALIZATION_TYPE is not lambda-managed-instances",
                remedy: "use mode .layer or .inProcess, this environment freezes")
        }
        // Lambda lets invocations go on until SIGTERM there, and closures without knowing of them.
        environment.termination?.watch { log(.warn, $0) }
        return PostInvoke(ledger: HoldLedger(waitedForBy: environment.termination), mode: .managed)
    }

    private static func local(_ environment: FunctionEnvironment) -> PostInvoke {
        let reason = environment.runtimeAPI == nil ? noLambda : "mode .local"
        log(.info, "\(reason): closures run after the handler")
        return PostInvoke(ledger: HoldLedger(), mode: .local)
    }
}
