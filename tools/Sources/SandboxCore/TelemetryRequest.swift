/// What an extension asked of the Telemetry API, as read; nothing of it is checked yet.
public struct TelemetryRequest: Equatable, Sendable {
    /// `schemaVersion`
    public var schema: String?
    /// `types`
    public var types: [String] = []
    /// `buffering.maxItems`
    public var maximumItems: Int64?
    /// `buffering.maxBytes`
    public var maximumBytes: Int64?
    /// `buffering.timeoutMs`
    public var timeoutMilliseconds: Int64?
    /// `destination.protocol`
    public var transport: String?
    /// `destination.URI`
    public var address: String?

    /// A request that asks for nothing.
    public init() {}

    /// Checks the whole, so that one answer names everything that is wrong ("Lambda Telemetry API reference").
    ///
    /// - Parameter kind: Managed Instances know the newest schema alone.
    public func validate(for kind: Configuration.Kind) -> Result<TelemetrySubscription, Refusal> {
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
        let port = readPort(&faults)
        let items = within(1_000...10_000, maximumItems, else: 10_000, "maxItems", &faults)
        let bytes = within(262_144...1_048_576, maximumBytes, else: 262_144, "maxBytes", &faults)
        let timeout = within(25...30_000, timeoutMilliseconds, else: 1_000, "timeoutMs", &faults)
        guard faults.isEmpty, let schema, let (port, path) = port else {
            return .failure(
                Refusal(status: 400, type: "ValidationError", message: faults.joined(separator: "; ")))
        }
        return .success(
            TelemetrySubscription(
                schema: schema, types: wanted, port: port, path: path, maximumItems: Int(items),
                maximumBytes: Int(bytes), timeout: .milliseconds(timeout)))
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

    private func readPort(_ faults: inout [String]) -> (port: UInt16, path: String)? {
        switch transport {
        case nil: faults.append("protocol is not provided")
        case "HTTP": break
        case "TCP": faults.append("protocol TCP is not played by this sandbox")
        default: faults.append("protocol is not valid")
        }
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
        guard let port = UInt16(parts[1]), port > 0 else {
            faults.append("URI port is not valid")
            return nil
        }
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            faults.append("URI path is not valid")
            return nil
        }
        return (port, String(path))
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
