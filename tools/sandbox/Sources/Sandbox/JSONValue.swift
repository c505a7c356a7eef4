import JSON
import ReactorHTTP

/// A piece of JSON to be written, which may have numbers with a fraction and parts that are JSON already.
package indirect enum JSONValue {
    package typealias Field = (name: StaticString, value: JSONValue)

    case object([Field])
    /// An object of texts whose names are data.
    case texts([(name: String, value: String)])
    case array([JSONValue])
    case string(String)
    /// A string of bytes that may be no UTF-8.
    case bytes(ByteView)
    case integer(Int64)
    case bool(Bool)
    case null
    /// As Lambda writes it: milliseconds with two decimals.
    case milliseconds(Duration)
    /// A complete value, copied as it is.
    case verbatim(ByteView)

    package static func strings(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }

    /// A string, or null.
    package static func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

    /// Whole microseconds, or null.
    static func microseconds(_ duration: Duration?) -> JSONValue {
        duration.map { .integer($0.nanoseconds / 1000) } ?? .null
    }

    /// The bytes of an object.
    package static func bytes(of fields: [Field]) -> [UInt8] {
        var buffer = Buffer(capacity: 512)
        JSONValue.object(fields).append(to: &buffer)
        return buffer.readable.array
    }

    package func append(to buffer: inout Buffer) {
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
        case .texts(let members):
            buffer.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { buffer.append(UInt8(ascii: ",")) }
                member.name.withByteView { buffer.appendJSONString($0) }
                buffer.append(UInt8(ascii: ":"))
                member.value.withByteView { buffer.appendJSONString($0) }
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
        case .bool(let value): buffer.append(value ? "true" : "false")
        case .null: buffer.append("null")
        case .milliseconds(let duration): duration.millisecondsText.withByteView { buffer.append($0) }
        case .verbatim(let json): buffer.append(json)
        }
    }
}

// MARK: What records share

extension JSONValue {
    /// An event: when it was, what it is, and what it says.
    static func event(_ name: ByteView, _ wall: Int64, _ record: JSONValue) -> [UInt8] {
        bytes(of: [
            ("time", .string(Timestamp.iso8601(milliseconds: wall))), ("type", .bytes(name)), ("record", record),
        ])
    }

    /// The fields of an invocation with a trace header, none where it is empty.
    static func tracing(_ trace: String) -> [Field] {
        guard !trace.isEmpty else { return [] }
        return [("tracing", .object([("type", .string("X-Amzn-Trace-Id")), ("value", .string(trace))]))]
    }

    /// `status` and, where there is one, `errorType`.
    static func status(_ failure: Failure?, _ errorType: String?) -> [Field] {
        if let failure {
            let status = failure.isTimeout ? "timeout" : "failure"
            return [("status", .string(status)), ("errorType", .string(failure.type))]
        }
        guard let errorType else { return [("status", .string("success"))] }
        return [("status", .string("error")), ("errorType", .string(errorType))]
    }

    /// A span that began at a moment before now.
    static func span(_ name: String, from start: Moment, to end: Moment, _ time: HappeningTime) -> JSONValue {
        let wall = time.wall - (time.moment - start).nanoseconds / 1_000_000
        return .object([
            ("name", .string(name)), ("start", .string(Timestamp.iso8601(milliseconds: wall))),
            ("durationMs", .milliseconds(end - start)),
        ])
    }
}

extension HTTPResponder {
    /// Answers with an object.
    package func respond(_ status: Int, _ object: [JSONValue.Field], fields: (inout Buffer) -> Void) {
        JSONValue.bytes(of: object).withByteView { respond(status, body: $0, fields: fields) }
    }
}
