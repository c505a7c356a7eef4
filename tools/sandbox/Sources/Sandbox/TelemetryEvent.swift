/// One event of the Telemetry API, written.
struct TelemetryEvent {
    /// Which subscribers get it.
    let type: TelemetryTypes
    private let json: [UInt8]
    /// The same for the first schema, where that differs.
    private let textual: [UInt8]?

    /// An event of the service itself.
    init(_ record: PlatformRecord, _ settings: Settings) {
        type = .platform
        json = PlatformJSON(settings: settings).bytes(for: record)
        textual = nil
    }

    /// An event of the platform that is a subscriber's own.
    init(_ name: StaticString, at wall: Int64, _ record: JSONValue) {
        type = .platform
        json = JSONValue.event(ByteView(name), wall, record)
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
        let text = JSONValue.event(name, wall, .bytes(line))
        if isStructured, line.trimmed.starts(with: "{"), JSONFault(in: line) == nil {
            json = JSONValue.event(name, wall, .verbatim(line.trimmed))
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
}
