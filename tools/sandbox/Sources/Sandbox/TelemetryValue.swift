/// A piece of JSON to be written, for records that have numbers with a fraction and parts that are JSON already.
indirect enum TelemetryValue {
    typealias Field = (name: StaticString, value: TelemetryValue)

    case object([Field])
    case array([TelemetryValue])
    case string(String)
    /// A string of bytes that may be no UTF-8.
    case bytes(ByteView)
    case integer(Int64)
    /// As Lambda writes it: milliseconds with two decimals.
    case milliseconds(Duration)
    /// A complete value, copied as it is.
    case verbatim(ByteView)

    func append(to buffer: inout Buffer) {
        switch self {
        case .object(let fields):
            buffer.append(UInt8(ascii: "{"))
            for (index, field) in fields.enumerated() {
                if index > 0 { buffer.append(UInt8(ascii: ",")) }
                buffer.appendJSONString(ByteView(field.name))
                buffer.append(UInt8(ascii: ":"))
                field.value.append(to: &buffer)
            }
            buffer.append(UInt8(ascii: "}"))
        case .array(let elements):
            buffer.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { buffer.append(UInt8(ascii: ",")) }
                element.append(to: &buffer)
            }
            buffer.append(UInt8(ascii: "]"))
        case .string(let text): text.withByteView { buffer.appendJSONString($0) }
        case .bytes(let bytes): buffer.appendJSONString(bytes)
        case .integer(let number): String(number).withByteView { buffer.append($0) }
        case .milliseconds(let duration): duration.millisecondsText.withByteView { buffer.append($0) }
        case .verbatim(let json): buffer.append(json)
        }
    }
}

// MARK: What records share

extension TelemetryValue {
    /// An event: when it was, what it is, and what it says.
    static func event(_ name: ByteView, _ wall: Int64, _ record: TelemetryValue) -> [UInt8] {
        var buffer = Buffer(capacity: 256)
        TelemetryValue.object([
            ("time", .string(Timestamp.iso8601(milliseconds: wall))), ("type", .bytes(name)), ("record", record),
        ]).append(to: &buffer)
        return buffer.readable.array
    }

    /// `status` and, where there is one, `errorType`.
    static func status(
        _ failure: Failure?, _ errorType: String?
    ) -> [TelemetryValue.Field] {
        if let failure {
            let status = failure.isTimeout ? "timeout" : "failure"
            return [("status", .string(status)), ("errorType", .string(failure.type))]
        }
        guard let errorType else { return [("status", .string("success"))] }
        return [("status", .string("error")), ("errorType", .string(errorType))]
    }

    /// A span that began at a moment before now.
    static func span(
        _ name: String, from start: Moment, to end: Moment, _ time: HappeningTime
    ) -> TelemetryValue {
        let wall = time.wall - (time.moment - start).nanoseconds / 1_000_000
        return .object([
            ("name", .string(name)), ("start", .string(Timestamp.iso8601(milliseconds: wall))),
            ("durationMs", .milliseconds(end - start)),
        ])
    }
}
