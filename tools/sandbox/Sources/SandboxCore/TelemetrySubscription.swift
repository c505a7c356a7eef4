/// The telemetry that one extension is to be sent, and how ("Lambda Telemetry API reference").
package struct TelemetrySubscription: Equatable, Sendable {
    /// The forms of an event.
    package enum Schema: String, Sendable {
        /// The first; every log line is a string.
        case version20220701 = "2022-07-01"
        /// Log lines that are JSON objects, of a function whose log format is JSON, are objects.
        case version20221213 = "2022-12-13"
        /// The same, and the only one on Managed Instances.
        case version20250129 = "2025-01-29"
    }

    package var schema: Schema
    /// The kinds that are sent.
    package var types: TelemetryTypes
    /// Where the events go.
    package var destination: TelemetryDestination
    /// The most events of one batch; so many are sent at once.
    package var maximumItems: Int
    /// The most bytes of one batch; so many are sent at once.
    package var maximumBytes: Int
    /// The longest that an event waits for others.
    package var timeout: Duration

    /// A subscription to be sent somewhere.
    package init(
        schema: Schema = .version20221213, types: TelemetryTypes = [.platform], to destination: TelemetryDestination,
        maximumItems: Int = 10_000, maximumBytes: Int = 262_144, timeout: Duration = .seconds(1)
    ) {
        self.schema = schema
        self.types = types
        self.destination = destination
        self.maximumItems = maximumItems
        self.maximumBytes = maximumBytes
        self.timeout = timeout
    }
}

/// Where an extension listens on the loopback, and what it understands there.
package enum TelemetryDestination: Equatable, Sendable {
    /// Requests to a path.
    case http(port: UInt16, path: String = "/")
    /// Lines over a connection.
    case tcp(port: UInt16)
}

package struct TelemetryTypes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    /// The kinds of these bits.
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Events of the service.
    package static let platform = TelemetryTypes(rawValue: 1)
    /// The function's lines.
    package static let function = TelemetryTypes(rawValue: 2)
    /// The extensions' lines.
    package static let `extension` = TelemetryTypes(rawValue: 4)

    private static let all = [("platform", platform), ("function", function), ("extension", `extension`)]

    /// The kind of a name in the API's spelling, nil for none.
    init?(name: String) {
        guard let (_, type) = Self.all.first(where: { $0.0 == name }) else { return nil }
        self = type
    }

    /// Their names, in the API's spelling.
    package var names: [String] { Self.all.filter { contains($0.1) }.map(\.0) }
}
