import Hold
import HostProcess
import LambdaAPI

/// The environment of a function, as far as the SDK needs to know it: what its variables say, and how long the extension there is
/// waited for.
package struct FunctionEnvironment: Sendable {
    /// `AWS_LAMBDA_RUNTIME_API`: where Lambda's APIs are; nil without Lambda.
    package var runtimeAPI: String?
    /// `AWS_LAMBDA_INITIALIZATION_TYPE`
    package var initializationType: String?
    /// `POSTINVOKE_ADDRESS`: where the extension listens, one address or several with commas between.
    package var address: String?
    /// `POSTINVOKE_DEADLINE_MARGIN_MS`
    package var deadlineMargin: String?
    /// `POSTINVOKE_MAX_HOLD_MS`
    package var maximumHold: String?
    /// The longest wait for each step of a request to the extension, which answers within microseconds.
    package var sessionTimeout = Duration.seconds(1)
    /// The hooks that run after a restore under SnapStart; nil where there are none.
    package var snapshotHooks: SnapshotHooks?
    /// The object that is notified of the process's end; nil where there is none.
    package var termination: Termination?

    /// An environment without a single variable.
    package init() {}

    /// Those of this process; an empty variable counts as not set.
    package static var ofProcess: FunctionEnvironment {
        func value(_ name: StaticString) -> String? { ProcessEnvironment.value(of: name)?.string }
        var environment = FunctionEnvironment()
        environment.runtimeAPI = value(LambdaEndpoint.variable)
        environment.initializationType = value(InitializationType.variable)
        environment.address = value(HoldSettings.address)
        environment.deadlineMargin = value(HoldSettings.deadlineMargin)
        environment.maximumHold = value(HoldSettings.maximumHold)
        environment.termination = .shared
        if InitializationType.ofProcess == .snapStart { environment.snapshotHooks = .shared }
        return environment
    }

    var isOnManagedInstances: Bool {
        initializationType.withByteView { InitializationType($0) == .managedInstances }
    }

    /// The cause of an error that seems to be another: nobody listens where Lambda should. Nil if somebody does.
    func missingLambda(behind error: PostInvokeError) -> PostInvokeError? {
        switch error {
        case .unreachable, .modeUnavailable(.inProcess, _, _): break
        default: return nil
        }
        guard let runtimeAPI,
            let endpoint = try? runtimeAPI.withByteView({ (text) throws(SettingError) in
                try LambdaEndpoint(parsing: text)
            })
        else {
            return nil
        }
        do throws(SessionConnection.Fault) {
            _ = try SessionConnection(to: endpoint.address, timeout: sessionTimeout)
            return nil
        } catch {
            return error.leavesTheExtensionThere ? nil : .lambdaUnreachable(address: runtimeAPI)
        }
    }

    /// Reads how long invocations may be held.
    package func holdSettings() throws(PostInvokeError) -> HoldPolicy.Settings {
        do {
            return try deadlineMargin.withByteView { (margin) throws(SettingError) in
                try maximumHold.withByteView { (longest) throws(SettingError) in
                    try HoldSettings.policy(deadlineMargin: margin, maximumHold: longest)
                }
            }
        } catch {
            throw PostInvokeError(error)
        }
    }
}

extension String? {
    /// Lends the text's bytes, if there is one, for the length of `body`.
    func withByteView<Result, Failure: Error>(
        _ body: (ByteView?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let text = self else { return try body(nil) }
        return try text.withByteView { (bytes) throws(Failure) in try body(bytes) }
    }
}
