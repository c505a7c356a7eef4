import LambdaExtension

/// What the environment says, checked.
struct Settings {
    var endpoint: LambdaEndpoint
    /// Where functions reach the extension; at least one.
    var addresses = [SocketAddress.loopback(port: 1339)]
    var deadlineMarginMilliseconds: Int64 = 50
    var maximumHoldMilliseconds: Int64?
    var isOnManagedInstances = false
    var logLevel = Log.Level.info

    /// How log entries are written: known before everything else, so that what is wrong with a setting is logged as the
    /// function's owner wants it. Text when the variable holds no format.
    static var logFormat: Log.Format { value("AWS_LAMBDA_LOG_FORMAT").flatMap { Log.Format($0) } ?? .text }

    /// Reads the variables.
    ///
    /// - Throws: the first one that is missing or bad.
    static func fromEnvironment() throws(SettingError) -> Settings {
        guard let api = value("AWS_LAMBDA_RUNTIME_API") else {
            throw SettingError(
                variable: "AWS_LAMBDA_RUNTIME_API", value: nil, fault: "is not set",
                allowed: "host:port of Lambda's API, which Lambda sets")
        }
        var settings: Settings
        do {
            settings = Settings(endpoint: try LambdaEndpoint(parsing: api))
        } catch {
            throw SettingError(
                variable: "AWS_LAMBDA_RUNTIME_API", value: api.array, fault: error.message,
                allowed: "host:port, where host is an IPv4 address, an IPv6 address in brackets or a known name")
        }
        do {
            try settings.readOwn()
        } catch {
            var error = error
            error.endpoint = settings.endpoint
            throw error
        }
        return settings
    }

    private mutating func readOwn() throws(SettingError) {
        if let text = value("POSTINVOKE_ADDRESS") { addresses = try Self.localAddresses(text) }
        let margin = try Self.milliseconds("POSTINVOKE_DEADLINE_MARGIN_MS", from: 0)
        deadlineMarginMilliseconds = margin ?? deadlineMarginMilliseconds
        maximumHoldMilliseconds = try Self.milliseconds("POSTINVOKE_MAX_HOLD_MS", from: 1)
        isOnManagedInstances = value("AWS_LAMBDA_INITIALIZATION_TYPE").map { $0 == "lambda-managed-instances" } ?? false
        if let text = value("AWS_LAMBDA_LOG_FORMAT"), Log.Format(text) == nil {
            throw SettingError(
                variable: "AWS_LAMBDA_LOG_FORMAT", value: text.array, fault: "is no format", allowed: "Text or JSON")
        }
        if let text = value("AWS_LAMBDA_LOG_LEVEL") {
            guard let level = Log.Level(text) else {
                throw SettingError(
                    variable: "AWS_LAMBDA_LOG_LEVEL", value: text.array, fault: "is no level",
                    allowed: "TRACE, DEBUG, INFO, WARN, ERROR or FATAL")
            }
            logLevel = level
        }
    }

    /// Reads a list with commas between the addresses.
    private static func localAddresses(_ text: ByteView) throws(SettingError) -> [SocketAddress] {
        let allowed: StaticString =
            "host:port on loopback, such as 127.0.0.1:1339 or [::1]:1339, unix:@name, or several with commas between"
        var addresses: [SocketAddress] = []
        var rest = text
        while true {
            let end = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.count
            do {
                addresses.append(try SocketAddress.parse(rest[0..<end]))
            } catch {
                throw SettingError(
                    variable: "POSTINVOKE_ADDRESS", value: text.array, fault: error.message, allowed: allowed)
            }
            guard let address = addresses.last, address.isLoopback, address.port != 0 else {
                throw SettingError(
                    variable: "POSTINVOKE_ADDRESS", value: text.array, fault: "is no port on loopback", allowed: allowed
                )
            }
            guard end < rest.count else { return addresses }
            rest = rest.dropFirst(end + 1)
        }
    }

    private static func milliseconds(_ variable: StaticString, from lowest: UInt64) throws(SettingError) -> Int64? {
        guard let text = value(variable) else { return nil }
        // Lambda's longest timeout is 15 minutes; a day leaves room for whatever comes.
        guard let number = text.decimal, number >= lowest, number <= 86_400_000 else {
            throw SettingError(
                variable: variable, value: text.array, fault: "is out of range",
                allowed: lowest == 0
                    ? "a whole number of milliseconds from 0 to 86400000"
                    : "a whole number of milliseconds from 1 to 86400000")
        }
        return Int64(number)
    }
}

/// A setting that cannot be used: which variable, what it holds, what is wrong, and what would be right.
struct SettingError: Error {
    let variable: StaticString
    let value: [UInt8]?
    let fault: StaticString
    let allowed: StaticString
    /// Where Lambda can be told of it, if that much could be read.
    var endpoint: LambdaEndpoint?

    /// Appends the fault in one line: `POSTINVOKE_ADDRESS "0.0.0.0:80" is not on loopback; allowed: ...`.
    func append(to line: inout Buffer) {
        line.append(ByteView(variable))
        line.append(" ")
        if let value {
            value.withByteView { line.appendJSONString($0) }
            line.append(" ")
        }
        line.append(ByteView(fault))
        line.append("; allowed: ")
        line.append(ByteView(allowed))
    }
}

/// A variable's value; an empty one counts as not set.
private func value(_ variable: StaticString) -> ByteView? {
    guard let value = ProcessEnvironment.value(of: variable), !value.isEmpty else { return nil }
    return value
}
