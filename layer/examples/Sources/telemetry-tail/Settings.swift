import LambdaExtension

/// The settings in the environment.
enum Settings {
    /// Where telemetry is listened for: Lambda gives the name an address; elsewhere nobody may, and it is the loopback's.
    static var address: SocketAddress {
        let port = UInt16(truncatingIfNeeded: number("TELEMETRY_TAIL_PORT", upTo: 65_535) ?? 4243)
        var name = Buffer()
        name.append("sandbox.localdomain:")
        name.append(decimal: UInt64(port))
        do {
            return try SocketAddress.parse(name.readable)
        } catch {
            return .loopback(port: port)
        }
    }

    /// The time for which the service gathers events; the shorter, the sooner an invocation can end.
    static var bufferMilliseconds: Int { Int(number("TELEMETRY_TAIL_BUFFER_MS", upTo: 30_000) ?? 25) }

    static var isOnManagedInstances: Bool {
        guard let type = ProcessEnvironment.value(of: "AWS_LAMBDA_INITIALIZATION_TYPE") else { return false }
        return type == "lambda-managed-instances"
    }

    private static func number(_ name: StaticString, upTo limit: UInt64) -> UInt64? {
        guard let number = ProcessEnvironment.value(of: name)?.decimal, number <= limit else { return nil }
        return number
    }
}
