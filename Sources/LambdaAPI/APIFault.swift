/// The ways in which a call of one of Lambda's APIs fails.
public enum APIFault: Error, Sendable {
    /// The service answered with another status than success; type and message, in UTF-8, are empty
    /// where it gave none.
    case refused(status: Int, errorType: [UInt8], message: [UInt8])
    /// No answer came: the connection could not be made, broke, or spoke no HTTP.
    case connection(HTTPClientError)
    /// The answer lacks what the call is for.
    case malformed(StaticString)

    /// The answer's fault: nil for a success, else what its body, `{"errorMessage":...,"errorType":...}`, says of it.
    package init?(_ response: HTTPResponse) {
        guard response.status / 100 != 2 else { return nil }
        var errorType: [UInt8] = []
        var message: [UInt8] = []
        // A body that is no JSON, or other JSON, leaves both empty: the status says enough.
        var reader = JSONReader(response.body)
        do {
            if try reader.entersObject() {
                while case .key(let key) = try reader.next() {
                    guard let text = try reader.nextText() else { continue }
                    if key == "errorType" { errorType = text.array }
                    if key == "errorMessage" { message = text.array }
                }
            }
        } catch {}
        self = .refused(status: response.status, errorType: errorType, message: message)
    }

    /// Appends the fault in words, one line: `answered 403 Extension.InvalidExtensionName: no such extension`.
    public func append(to buffer: inout Buffer) {
        switch self {
        case .refused(let status, let errorType, let message):
            buffer.append("answered ")
            buffer.append(decimal: UInt64(status))
            if !errorType.isEmpty {
                buffer.append(" ")
                errorType.withByteView { buffer.append(line: $0) }
            }
            if !message.isEmpty {
                buffer.append(": ")
                message.withByteView { buffer.append(line: $0) }
            }
        case .connection(let error):
            error.append(to: &buffer)
        case .malformed(let what):
            buffer.append("answered without ")
            buffer.append(ByteView(what))
        }
    }
}

extension APIFault: CustomStringConvertible {
    /// The fault in words.
    public var description: String {
        var buffer = Buffer()
        append(to: &buffer)
        return buffer.readable.string
    }
}

extension Buffer {
    /// Appends the body of an error report, which both APIs have alike.
    package mutating func appendErrorReport(type: ByteView, message: ByteView) {
        appendJSONObject { object in
            object.field("errorMessage", message)
            object.field("errorType", type)
            object.array("stackTrace") { _ in }
        }
    }
}
