import HoldPolicy
import HostProcess
import LambdaAPI

/// The facts about where a process runs, as far as the SDK needs to know them: what its environment variables say, and
/// how long the extension there is waited for.
package struct Surroundings: Sendable {
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
    /// The object that is told of the process's end; nil where there is none.
    package var termination: Termination?

    /// Surroundings without a single variable.
    package init() {}

    /// Those of this process; an empty variable counts as not set.
    package static var ofProcess: Surroundings {
        func value(_ name: StaticString) -> String? {
            guard let value = ProcessEnvironment.value(of: name), !value.isEmpty else { return nil }
            return value.string
        }
        var surroundings = Surroundings()
        surroundings.runtimeAPI = value(LambdaEndpoint.variable)
        surroundings.initializationType = value(InitializationType.variable)
        surroundings.address = value("POSTINVOKE_ADDRESS")
        surroundings.deadlineMargin = value("POSTINVOKE_DEADLINE_MARGIN_MS")
        surroundings.maximumHold = value("POSTINVOKE_MAX_HOLD_MS")
        surroundings.termination = .shared
        if InitializationType.ofProcess == .snapStart { surroundings.snapshotHooks = .shared }
        return surroundings
    }

    var isOnManagedInstances: Bool {
        (initializationType ?? "").withByteView { InitializationType($0) == .managedInstances }
    }

    /// Reads how long invocations may be held: the same variables with the same limits as the extension in the layer
    /// has.
    package func holdSettings() throws(PostInvokeError) -> HoldPolicy.Settings {
        var settings = HoldPolicy.Settings()
        if let margin = try Self.nanoseconds(deadlineMargin, of: "POSTINVOKE_DEADLINE_MARGIN_MS", from: 0) {
            settings.deadlineMargin = margin
        }
        settings.maximumHold = try Self.nanoseconds(maximumHold, of: "POSTINVOKE_MAX_HOLD_MS", from: 1)
        return settings
    }

    private static func nanoseconds(
        _ text: String?, of variable: String, from lowest: Int64
    ) throws(PostInvokeError) -> Int64? {
        guard let text else { return nil }
        let allowed = lowest...86_400_000
        guard let milliseconds = Int64(text), allowed.contains(milliseconds) else {
            throw .invalidSetting(
                variable: variable, value: text,
                reason: "must be a whole number of milliseconds from \(lowest) to \(allowed.upperBound)")
        }
        return milliseconds * 1_000_000
    }
}
