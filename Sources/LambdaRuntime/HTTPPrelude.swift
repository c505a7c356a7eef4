#if !hasFeature(Embedded)
import HTTP1
import LambdaAPI

/// The beginning of a streamed HTTP response: status and header fields as JSON, eight NUL bytes, and behind them the body
/// ("Set up a Lambda proxy integration with payload response streaming").
struct HTTPPrelude {
    /// The content type that announces a prelude to the service.
    static var contentType: String { "application/vnd.awslambda.http-integration-response" }

    /// The JSON and the eight NUL bytes: all that is sent in front of the body.
    let bytes: [UInt8]

    /// - Parameter contentType: the body's, unless the headers name one.
    init(
        status: Int, headers: LambdaResponseWriter.Headers, cookies: [String], contentType: String?
    ) throws(LambdaResponseWriter.HeadError) {
        guard (100...999).contains(status) else { throw .status(status) }
        var fields = try Self.gather(headers)
        if let contentType, !fields.contains(where: { $0.isNamed("Content-Type") }) {
            fields.append(Field(name: "Content-Type", values: [contentType]))
        }
        for (index, cookie) in cookies.enumerated() where !cookie.withByteView(isFieldValue) { throw .cookie(index) }

        var buffer = Buffer()
        buffer.appendJSONObject { prelude in
            prelude.field("statusCode", status)
            prelude.append("headers", fields.filter { $0.values.count == 1 }) { object, name, field in
                field.values[0].withByteView { object.field(named: name, $0) }
            }
            prelude.append("multiValueHeaders", fields.filter { $0.values.count > 1 }) { object, name, field in
                object.array(named: name) { $0.append(field.values) }
            }
            if !cookies.isEmpty { prelude.array("cookies") { $0.append(cookies) } }
        }
        for _ in 0..<8 { buffer.append(UInt8(0)) }
        bytes = buffer.readable.array
    }

    /// The fields, those of one name as one with several values, under its first spelling.
    private static func gather(
        _ headers: LambdaResponseWriter.Headers
    ) throws(LambdaResponseWriter.HeadError) -> [Field] {
        var fields: [Field] = []
        for (name, value) in headers.fields {
            guard name.withByteView(isFieldName) else { throw .name(name) }
            guard value.withByteView(isFieldValue) else { throw .value(of: name) }
            if let index = fields.firstIndex(where: { $0.isNamed(name) }) {
                fields[index].values.append(value)
            } else {
                fields.append(Field(name: name, values: [value]))
            }
        }
        return fields
    }

    fileprivate struct Field {
        let name: String
        var values: [String]

        /// Field names are the same in upper and lower case (RFC 9110, section 5.1).
        func isNamed(_ other: String) -> Bool {
            name.withByteView { name in other.withByteView { name.equalsIgnoringCase($0) } }
        }
    }
}

extension JSONWriter {
    /// Writes an object with a member for each field, or nothing where there is none.
    fileprivate mutating func append(
        _ name: StaticString, _ fields: [HTTPPrelude.Field],
        _ member: (inout JSONWriter, ByteView, HTTPPrelude.Field) -> Void
    ) {
        guard !fields.isEmpty else { return }
        object(name) { object in
            for field in fields { field.name.withByteView { member(&object, $0, field) } }
        }
    }

    fileprivate mutating func append(_ texts: [String]) {
        for text in texts { text.withByteView { element($0) } }
    }
}
#endif
