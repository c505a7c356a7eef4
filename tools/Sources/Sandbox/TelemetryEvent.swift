/// One event of the Telemetry API, written.
struct TelemetryEvent {
    /// Which subscribers get it.
    let type: TelemetryTypes
    /// Whether it tells of the initialization.
    let isOfInit: Bool
    private let json: [UInt8]
    /// The same for the first schema, where that differs.
    private let textual: [UInt8]?

    /// An event of the platform.
    init(_ name: StaticString, at wall: Int64, _ record: TelemetryValue) {
        type = .platform
        isOfInit = ByteView(name).starts(with: "platform.init")
        json = Self.write(ByteView(name), wall, record)
        textual = nil
    }

    /// A line of a process.
    ///
    /// - Parameter isStructured: whether the function's log format is JSON, so that a line which is a JSON object stays one.
    init(_ line: ByteView, of role: Role, at wall: Int64, isStructured: Bool) {
        let name: ByteView
        switch role {
        case .function: (type, name) = (.function, "function")
        case .extension: (type, name) = (.extension, "extension")
        }
        isOfInit = false
        let text = Self.write(name, wall, .bytes(line))
        if isStructured, line.trimmed.starts(with: "{"), JSONFault(in: line) == nil {
            json = Self.write(name, wall, .verbatim(line.trimmed))
            textual = text
        } else {
            json = text
            textual = nil
        }
    }

    /// Its bytes, a JSON object.
    func json(for schema: TelemetrySubscription.Schema) -> [UInt8] {
        schema == .version20220701 ? textual ?? json : json
    }

    private static func write(_ name: ByteView, _ wall: Int64, _ record: TelemetryValue) -> [UInt8] {
        var buffer = Buffer(capacity: 256)
        TelemetryValue.object([
            ("time", .string(Timestamp.iso8601(milliseconds: wall))), ("type", .bytes(name)), ("record", record),
        ]).append(to: &buffer)
        return buffer.readable.array
    }
}
