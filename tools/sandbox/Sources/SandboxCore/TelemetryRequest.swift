/// A request to the Telemetry API, as read; nothing of it is checked yet.
package struct TelemetryRequest: Equatable, Sendable {
    /// `schemaVersion`
    package var schema: String?
    /// `types`
    package var types: [String] = []
    /// `buffering.maxItems`
    package var maximumItems: Int64?
    /// `buffering.maxBytes`
    package var maximumBytes: Int64?
    /// `buffering.timeoutMs`
    package var timeoutMilliseconds: Int64?
    /// `destination.protocol`
    package var transport: String?
    /// `destination.URI`, of HTTP
    package var address: String?
    /// `destination.port`, of TCP
    package var port: Int64?

    /// A request that asks for nothing.
    package init() {}

    /// Checks the whole, so that one answer names everything that is wrong ("Lambda Telemetry API reference").
    ///
    /// - Parameter kind: Managed Instances know the newest schema alone.
    package func validate(for kind: Configuration.Kind) -> Result<TelemetrySubscription, Refusal> {
        var faults: [String] = []
        let schema = self.schema.flatMap(TelemetrySubscription.Schema.init)
        if self.schema == nil {
            faults.append("schemaVersion is not provided")
        } else if schema == nil {
            faults.append("schemaVersion is not valid")
        } else if kind == .managedInstances, schema != .version20250129 {
            faults.append("schemaVersion must be 2025-01-29 on Managed Instances")
        }
        let wanted = readTypes(&faults)
        let destination = readDestination(&faults)
        let items = within(1_000...10_000, maximumItems, else: 10_000, "maxItems", &faults)
        let bytes = within(262_144...1_048_576, maximumBytes, else: 262_144, "maxBytes", &faults)
        let timeout = within(25...30_000, timeoutMilliseconds, else: 1_000, "timeoutMs", &faults)
        guard faults.isEmpty, let schema, let destination else {
            return .failure(
                Refusal(status: 400, type: "ValidationError", message: faults.joined(separator: "; ")))
        }
        return .success(
            TelemetrySubscription(
                schema: schema, types: wanted, to: destination, maximumItems: Int(items), maximumBytes: Int(bytes),
                timeout: .milliseconds(timeout)))
    }

    private func readTypes(_ faults: inout [String]) -> TelemetryTypes {
        if types.isEmpty { faults.append("types should not be empty") }
        var wanted: TelemetryTypes = []
        for name in types {
            guard let type = TelemetryTypes(name: name) else {
                faults.append("types has an unknown value: \(name)")
                continue
            }
            wanted.insert(type)
        }
        return wanted
    }

    /// Lambda resolves these names to the extension's own machine, and takes no other.
    private static let hosts = ["sandbox.localdomain", "sandbox.local", "sandbox"]
    /// The service's own port.
    private static let reservedPort = 9001

    private func readDestination(_ faults: inout [String]) -> TelemetryDestination? {
        switch transport {
        case "TCP": return readLineDestination(&faults)
        case nil: faults.append("protocol is not provided")
        case "HTTP": break
        default: faults.append("protocol is not valid")
        }
        return readRequestDestination(&faults)
    }

    private func readLineDestination(_ faults: inout [String]) -> TelemetryDestination? {
        guard let port else {
            faults.append("port is not provided")
            return nil
        }
        return checkPort(UInt16(exactly: port), "port", &faults).map { .tcp(port: $0) }
    }

    private func readRequestDestination(_ faults: inout [String]) -> TelemetryDestination? {
        guard let address else {
            faults.append("URI is not provided")
            return nil
        }
        let scheme = "http://"
        guard address.lowercased().hasPrefix(scheme) else {
            faults.append("URI scheme is not http")
            return nil
        }
        let rest = address.dropFirst(scheme.count)
        let path = rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
        let place = rest.prefix { $0 != "/" }
        let parts = place.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if !Self.hosts.contains(parts[0].lowercased()) { faults.append("URI host is not sandbox.localdomain") }
        guard parts.count == 2 else {
            faults.append("URI port is not provided")
            return nil
        }
        guard let port = checkPort(UInt16(parts[1]), "URI port", &faults) else { return nil }
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            faults.append("URI path is not valid")
            return nil
        }
        return .http(port: port, path: String(path))
    }

    private func checkPort(_ port: UInt16?, _ name: String, _ faults: inout [String]) -> UInt16? {
        guard let port, port > 0 else {
            faults.append("\(name) is not valid")
            return nil
        }
        if port == Self.reservedPort { faults.append("\(name) \(port) is reserved") }
        return port
    }

    private func within(
        _ range: ClosedRange<Int64>, _ value: Int64?, else standard: Int64, _ name: String, _ faults: inout [String]
    ) -> Int64 {
        guard let value else { return standard }
        if !range.contains(value) {
            faults.append("\(name) should be between \(range.lowerBound) and \(range.upperBound)")
        }
        return value
    }
}
