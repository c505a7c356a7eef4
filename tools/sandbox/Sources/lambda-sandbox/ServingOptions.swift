import ArgumentParser
import Sandbox

/// The options of a run whose invocations come from callers.
struct ServingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Offer Lambda's Invoke API here, and a page for browsers; port 0 takes a free one.", valueName: "host:port")
    )
    var serve: String?

    @Option(
        help: ArgumentHelp(
            "Serve the function's URL here: requests become events, and responses answers in HTTP; port 0 takes a free one.",
            valueName: "host:port"))
    var http: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            With --serve or --http, the most environments at a time, up to 1000: one is started when none is free, and beyond that a \
            caller is refused with 429 TooManyRequestsException. (default: 10)
            """, valueName: "n"))
    var environments: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "With --serve or --http, how long an environment is kept without an invocation. (default: 600)",
            valueName: "seconds"))
    var idleLimit: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            With --serve, the time from a failed attempt of an asynchronous invocation to the second attempt; the third and last \
            has twice that. (default: as Lambda, 60)
            """, valueName: "seconds"))
    var retryAfter: Double?

    @Option(
        help: ArgumentHelp(
            """
            With --serve, write a line of JSON into this file for each asynchronous invocation that has failed for good, as \
            Lambda's destinations get it.
            """, valueName: "file"),
        completion: .file())
    var onFailure: String?

    func validate() throws {
        for case let (option, text?) in [("--serve", serve), ("--http", http)] where Self.address(text) == nil {
            throw ValidationError(
                "\(option) \(text): must be HOST:PORT with an IP address as its host, such as 127.0.0.1:9000 or [::1]:9000"
            )
        }
    }

    /// The option that asks to serve; nil for none.
    var given: String? { serve != nil ? "--serve" : http != nil ? "--http" : nil }

    /// The limits of the environments; just one of these where callers do not invoke, or with another option that has it so.
    func limits(besideOneFor alone: String?) throws -> FleetPolicy.Limits {
        let options = [
            ("--environments", environments != nil, given, "--serve or --http"),
            ("--idle-limit", idleLimit != nil, given, "--serve or --http"),
            ("--retry-after", retryAfter != nil, serve, "--serve"),
            ("--on-failure", onFailure != nil, serve, "--serve"),
        ]
        for (option, isGiven, needed, names) in options where isGiven && needed == nil {
            throw ValidationError("\(option): only with \(names)")
        }
        var limits = FleetPolicy.Limits()
        guard given != nil else { return limits }
        if let alone, environments ?? 1 != 1 {
            throw ValidationError("--environments \(environments!): with \(alone) there is one")
        }
        limits.environments = environments ?? (alone == nil ? 10 : 1)
        guard (1...1000).contains(limits.environments) else {
            throw ValidationError("--environments \(limits.environments): must be between 1 and 1000")
        }
        let idle = try Arguments.limit(idleLimit ?? 600, option: "--idle-limit", atMost: 86_400)
        limits.idle = alone == nil || idleLimit != nil ? idle : nil
        if let retryAfter {
            guard retryAfter >= 0, retryAfter <= 21_600 else {
                throw ValidationError("--retry-after \(retryAfter): must be between 0 and 21600")
            }
            limits.retryAfter = .milliseconds(Int64((retryAfter * 1000).rounded()))
        }
        return limits
    }

    static func address(_ text: String) -> SocketAddress? {
        text.withByteView { text in try? SocketAddress.parse(text) }
    }
}
