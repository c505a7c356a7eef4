import LambdaExtension

/// The settings in the environment, checked.
final class Settings {
    let endpoint: LambdaEndpoint
    /// The addresses where functions reach the extension; at least one.
    let addresses = List<SocketAddress>()
    private(set) var deadlineMarginMilliseconds: Int64 = 50
    private(set) var maximumHoldMilliseconds: Int64?
    private(set) var isOnManagedInstances = false
    private(set) var logLevel = LogLevel.info

    /// The format of log entries: known before everything else, so that what is wrong with a setting is logged as the
    /// function's owner wants it. Text when the variable holds no format.
    static var logFormat: LogFormat {
        guard let text = value("AWS_LAMBDA_LOG_FORMAT") else { return .text }
        return LogFormat(text) ?? .text
    }

    /// The settings there are when nothing is set.
    init(endpoint: LambdaEndpoint) { self.endpoint = endpoint }

    /// Reads where Lambda's API is.
    static func readEndpoint() throws(SettingError) -> LambdaEndpoint {
        let variable = LambdaEndpoint.variable
        guard let api = value(variable) else {
            throw SettingError(
                variable: variable, value: nil, fault: "is not set",
                allowed: "host:port of Lambda's API, which Lambda sets"
            )
        }
        do {
            return try LambdaEndpoint(parsing: api)
        } catch {
            throw SettingError(
                variable: variable, value: api, fault: error.fault,
                allowed: """
                    host:port or http://host:port/path, where host is an IPv4 address, an IPv6 address in brackets or a \
                    known name
                    """)
        }
    }

    /// Reads the extension's own variables.
    ///
    /// - Throws: the first one that is bad.
    func readOwn() throws(SettingError) {
        if let text = value("POSTINVOKE_ADDRESS") {
            try readAddresses(text)
        } else {
            addresses.append(.loopback(port: 1339))
        }
        let margin = try Self.milliseconds("POSTINVOKE_DEADLINE_MARGIN_MS", from: 0)
        deadlineMarginMilliseconds = margin ?? deadlineMarginMilliseconds
        maximumHoldMilliseconds = try Self.milliseconds("POSTINVOKE_MAX_HOLD_MS", from: 1)
        isOnManagedInstances = InitializationType.ofProcess == .managedInstances
        if let text = value("AWS_LAMBDA_LOG_FORMAT"), LogFormat(text) == nil {
            throw SettingError(
                variable: "AWS_LAMBDA_LOG_FORMAT", value: text, fault: "is no format", allowed: "Text or JSON")
        }
        if let text = value("AWS_LAMBDA_LOG_LEVEL") {
            guard let level = LogLevel(text) else {
                throw SettingError(
                    variable: "AWS_LAMBDA_LOG_LEVEL", value: text, fault: "is no level",
                    allowed: "TRACE, DEBUG, INFO, WARN, ERROR or FATAL")
            }
            logLevel = level
        }
    }

    /// Reads a list with commas between the addresses.
    private func readAddresses(_ text: ByteView) throws(SettingError) {
        var rest = text
        while true {
            let end = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.count
            let fault: StaticString
            do {
                let address = try SocketAddress.parse(rest[0..<end])
                addresses.append(address)
                fault = address.isLoopback && address.port != 0 ? "" : "is no port on loopback"
            } catch {
                fault = error.message
            }
            guard ByteView(fault).isEmpty else {
                throw SettingError(
                    variable: "POSTINVOKE_ADDRESS", value: text, fault: fault,
                    allowed: """
                        host:port on loopback, such as 127.0.0.1:1339 or [::1]:1339, unix:@name, \
                        or several with commas between
                        """)
            }
            guard end < rest.count else { return }
            rest = rest.dropFirst(end + 1)
        }
    }

    private static func milliseconds(_ variable: StaticString, from lowest: UInt64) throws(SettingError) -> Int64? {
        guard let text = value(variable) else { return nil }
        // Lambda's longest timeout is 15 minutes; a day leaves room for whatever comes.
        guard let number = text.decimal, number >= lowest, number <= 86_400_000 else {
            throw SettingError(
                variable: variable, value: text, fault: "is out of range",
                allowed: lowest == 0
                    ? "a whole number of milliseconds from 0 to 86400000"
                    : "a whole number of milliseconds from 1 to 86400000")
        }
        return Int64(number)
    }
}

/// A setting that cannot be used: which variable, what it holds, what is wrong, and what would be right. An object, so that
/// little is thrown; its value is a view of the environment.
final class SettingError: Error {
    // Views of literals, and of the environment, which is never changed.
    nonisolated(unsafe) private let variable: ByteView
    nonisolated(unsafe) private let value: ByteView?
    nonisolated(unsafe) private let fault: ByteView
    nonisolated(unsafe) private let allowed: ByteView

    // Not made anew at every place that throws one.
    @inline(never)
    init(variable: StaticString, value: ByteView?, fault: StaticString, allowed: StaticString) {
        self.variable = ByteView(variable)
        self.value = value
        self.fault = ByteView(fault)
        self.allowed = ByteView(allowed)
    }

    /// Appends the fault in one line: `POSTINVOKE_ADDRESS "0.0.0.0:80" is not on loopback; allowed: ...`.
    func append(to line: inout Buffer) {
        line.append(variable)
        line.append(" ")
        if let value {
            line.appendJSONString(value)
            line.append(" ")
        }
        line.append(fault)
        line.append("; allowed: ")
        line.append(allowed)
    }
}

/// A variable's value; an empty one counts as not set.
private func value(_ variable: StaticString) -> ByteView? {
    guard let value = ProcessEnvironment.value(of: variable), !value.isEmpty else { return nil }
    return value
}
