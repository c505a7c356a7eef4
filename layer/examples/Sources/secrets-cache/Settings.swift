import LambdaExtension

/// The settings in the environment, checked.
struct Settings {
    /// `SECRETS_CACHE_ORIGIN`: `host:port` of the HTTP server that has the secrets.
    let origin: SocketAddress
    let originHost: [UInt8]
    /// `AWS_SESSION_TOKEN`: what callers must show. Whoever tricks the function into a request has no way to add it.
    let token: [UInt8]
    /// `SECRETS_CACHE_PORT`
    var port: UInt16 = 2773
    /// `SECRETS_CACHE_TTL_MS`: how long a secret is fresh.
    var freshMilliseconds: Int64 = 300_000
    /// `SECRETS_CACHE_STALE_MS`: how long after that it may still be handed out, while it is fetched anew.
    var staleMilliseconds: Int64 = 60_000
    /// `SECRETS_CACHE_TIMEOUT_MS`: the longest that the origin may take.
    var timeoutMilliseconds: Int64 = 3_000
    /// `SECRETS_CACHE_MAX_BYTES`: the memory for secrets and their names.
    var maximumBytes = 1 << 20

    /// Reads the variables.
    static func fromEnvironment() throws(SettingError) -> Settings {
        let token = try required("AWS_SESSION_TOKEN", allowed: "a token, which Lambda sets")
        let host = try required("SECRETS_CACHE_ORIGIN", allowed: "host:port")
        let origin: SocketAddress
        do {
            origin = try SocketAddress.parse(host)
        } catch {
            throw SettingError(
                variable: "SECRETS_CACHE_ORIGIN", value: host, fault: error.message, allowed: "host:port")
        }
        var settings = Settings(origin: origin, originHost: host.array, token: token.array)
        settings.port = UInt16(try number("SECRETS_CACHE_PORT", upTo: 65_535) ?? UInt64(settings.port))
        try read("SECRETS_CACHE_TTL_MS", into: &settings.freshMilliseconds)
        try read("SECRETS_CACHE_STALE_MS", into: &settings.staleMilliseconds)
        try read("SECRETS_CACHE_TIMEOUT_MS", into: &settings.timeoutMilliseconds)
        if let bytes = try number("SECRETS_CACHE_MAX_BYTES", upTo: 1 << 30) { settings.maximumBytes = Int(bytes) }
        return settings
    }

    private static func required(_ name: StaticString, allowed: StaticString) throws(SettingError) -> ByteView {
        if let value = ProcessEnvironment.value(of: name) { return value }
        throw SettingError(variable: name, value: nil, fault: "is not set", allowed: allowed)
    }

    private static func read(_ name: StaticString, into milliseconds: inout Int64) throws(SettingError) {
        if let number = try number(name, upTo: 86_400_000) { milliseconds = Int64(number) }
    }

    private static func number(_ name: StaticString, upTo limit: UInt64) throws(SettingError) -> UInt64? {
        guard let value = ProcessEnvironment.value(of: name) else { return nil }
        guard let number = value.decimal, number <= limit else {
            throw SettingError(
                variable: name, value: value, fault: SettingError.faultOfNumber(value), allowed: "a whole number")
        }
        return number
    }
}
