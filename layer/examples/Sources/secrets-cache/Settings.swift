import LambdaExtension

/// What the environment says, checked.
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

    /// What is wrong with a variable.
    struct Fault: Error {
        let variable: StaticString
        let fault: StaticString
    }

    /// Reads the variables.
    static func fromEnvironment() throws(Fault) -> Settings {
        guard let token = ProcessEnvironment.value(of: "AWS_SESSION_TOKEN"), !token.isEmpty else {
            throw Fault(variable: "AWS_SESSION_TOKEN", fault: "is not set")
        }
        guard let host = ProcessEnvironment.value(of: "SECRETS_CACHE_ORIGIN") else {
            throw Fault(variable: "SECRETS_CACHE_ORIGIN", fault: "is not set")
        }
        let origin: SocketAddress
        do {
            origin = try SocketAddress.parse(host)
        } catch {
            throw Fault(variable: "SECRETS_CACHE_ORIGIN", fault: error.message)
        }
        var settings = Settings(origin: origin, originHost: host.array, token: token.array)
        settings.port = UInt16(try number("SECRETS_CACHE_PORT", upTo: 65_535) ?? UInt64(settings.port))
        try read("SECRETS_CACHE_TTL_MS", into: &settings.freshMilliseconds)
        try read("SECRETS_CACHE_STALE_MS", into: &settings.staleMilliseconds)
        try read("SECRETS_CACHE_TIMEOUT_MS", into: &settings.timeoutMilliseconds)
        if let bytes = try number("SECRETS_CACHE_MAX_BYTES", upTo: 1 << 30) { settings.maximumBytes = Int(bytes) }
        return settings
    }

    private static func read(_ name: StaticString, into milliseconds: inout Int64) throws(Fault) {
        if let number = try number(name, upTo: 86_400_000) { milliseconds = Int64(number) }
    }

    private static func number(_ name: StaticString, upTo limit: UInt64) throws(Fault) -> UInt64? {
        guard let value = ProcessEnvironment.value(of: name) else { return nil }
        guard let number = value.decimal, number <= limit else {
            throw Fault(variable: name, fault: "is no number, or too large a one")
        }
        return number
    }
}
