import Hold
import LambdaExtension

/// The settings in the environment, checked.
final class Settings {
    let endpoint: LambdaEndpoint
    /// The addresses where functions reach the extension; at least one.
    let addresses = List<SocketAddress>()
    private(set) var hold = HoldPolicy.Settings()
    private(set) var logLevel = LogLevel.info

    /// The format of log entries: known before everything else, so that what is wrong with a setting is logged as the
    /// function's owner wants it. Text when the variable holds no format.
    static var logFormat: LogFormat {
        guard let text = ProcessEnvironment.value(of: "AWS_LAMBDA_LOG_FORMAT") else { return .text }
        return LogFormat(text) ?? .text
    }

    /// The settings there are when nothing is set.
    init(endpoint: LambdaEndpoint) { self.endpoint = endpoint }

    /// Reads the extension's own variables.
    ///
    /// - Throws: the first one that is bad.
    func readOwn() throws(SettingError) {
        try HoldSettings.readAddresses(ProcessEnvironment.value(of: HoldSettings.address)) { address, _ in
            addresses.append(address)
        }
        hold = try HoldSettings.policy(
            deadlineMargin: ProcessEnvironment.value(of: HoldSettings.deadlineMargin),
            maximumHold: ProcessEnvironment.value(of: HoldSettings.maximumHold))
        // They never freeze.
        if InitializationType.ofProcess == .managedInstances { hold.mode = .passThrough }
        if let text = ProcessEnvironment.value(of: "AWS_LAMBDA_LOG_FORMAT"), LogFormat(text) == nil {
            throw SettingError(
                variable: "AWS_LAMBDA_LOG_FORMAT", value: text, fault: "is no format", allowed: "Text or JSON")
        }
        if let text = ProcessEnvironment.value(of: "AWS_LAMBDA_LOG_LEVEL") {
            guard let level = LogLevel(text) else {
                throw SettingError(
                    variable: "AWS_LAMBDA_LOG_LEVEL", value: text, fault: "is no level",
                    allowed: "TRACE, DEBUG, INFO, WARN, ERROR or FATAL")
            }
            logLevel = level
        }
    }
}
