/// A subscription to the Telemetry API ("Lambda Telemetry API reference").
public struct TelemetrySubscription: Sendable {
    /// The kinds of telemetry there are.
    public struct Types: OptionSet, Sendable {
        /// The bits.
        public let rawValue: UInt8
        /// Types of bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Everything that the platform does: starts, reports, faults.
        public static var platform: Types { Types(rawValue: 1) }
        /// Everything that the function writes.
        public static var function: Types { Types(rawValue: 2) }
        /// Everything that extensions write.
        public static var `extension`: Types { Types(rawValue: 4) }
    }

    /// The forms that telemetry comes in.
    public enum Schema: Sendable {
        /// `2022-12-13`
        case version20221213
        /// `2025-01-29`, which is accepted everywhere, and is the only one on Managed Instances.
        case version20250129

        var name: ByteView {
            switch self {
            case .version20221213: "2022-12-13"
            case .version20250129: "2025-01-29"
            }
        }
    }

    /// The ways in which telemetry reaches the extension's listener ("Accessing real-time telemetry data for extensions using
    /// the Telemetry API", section on the destination protocol).
    public enum Transport: Sendable {
        /// Requests with the method POST, each with a JSON array of events, sent again when they are refused.
        case http
        /// A connection with a JSON object and a line feed for each event. Nothing is acknowledged: what an extension
        /// has not read when it crashes is lost, for which reason AWS recommends HTTP.
        case tcp
    }

    /// The kinds of telemetry to be sent.
    public var types: Types
    /// The port of the extension's own listener; the service sends to `sandbox.localdomain`, which must be listened on.
    /// 9001 is the service's own.
    public var port: UInt16
    /// The way in which it is to come.
    public var transport = Transport.http
    /// The form it is to have.
    public var schema = Schema.version20250129
    /// The most events that are gathered before they are sent, 1,000 to 10,000.
    public var maximumItems = 10_000
    /// The most bytes that are gathered before they are sent, 262,144 to 1,048,576.
    public var maximumBytes = 262_144
    /// The longest that events are gathered, in milliseconds, 25 to 30,000.
    public var timeoutMilliseconds = 1_000

    /// A subscription sent to a listener at `port`, with the service's own defaults for buffering.
    public init(_ types: Types, port: UInt16) {
        self.types = types
        self.port = port
    }

    func append(to buffer: inout Buffer) {
        buffer.appendJSONObject { object in
            object.field("schemaVersion", schema.name)
            object.array("types") { array in
                if types.contains(.platform) { array.element("platform") }
                if types.contains(.function) { array.element("function") }
                if types.contains(.extension) { array.element("extension") }
            }
            object.object("buffering") { buffering in
                buffering.field("maxItems", maximumItems)
                buffering.field("maxBytes", maximumBytes)
                buffering.field("timeoutMs", timeoutMilliseconds)
            }
            object.object("destination") { appendDestination(to: &$0) }
        }
    }

    private func appendDestination(to destination: inout JSONWriter) {
        switch transport {
        case .http:
            var address = Buffer(capacity: 48)
            address.append("http://sandbox.localdomain:")
            address.append(decimal: UInt64(port))
            destination.field("protocol", "HTTP")
            destination.field("URI", address.readable)
        case .tcp:
            destination.field("protocol", "TCP")
            destination.field("port", Int(port))
        }
    }

    /// The service's answer to a subscription.
    public enum Outcome: Sendable {
        /// Telemetry will be sent.
        case subscribed
        /// There is none here (`202`, `Telemetry.NotSupported`), as in a local emulator.
        case notSupported
    }
}
