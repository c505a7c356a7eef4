#if !hasFeature(Embedded)
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
            exit(because: error)
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
}
#endif
