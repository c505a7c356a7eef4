import JSON
import ReactorHTTP

/// A request to Lambda's Invoke API, read and checked ("Invoke", AWS Lambda API Reference).
package struct InvokeRequest: Equatable {
    package enum Kind: Equatable { case requestResponse, event, dryRun }

    var kind = Kind.requestResponse
    var payload: [UInt8] = []
    var clientContext = ""
    var tenantID = ""
    var traceID = ""
    var wantsTail = false

    /// The most bytes of an event that is answered, and of one that is not.
    package static let payloadLimit = 6 * 1024 * 1024
    package static let eventPayloadLimit = 1024 * 1024

    /// The function's name in the path's segment that names it: decoded, without a qualifier and out of its ARN; nil when there
    /// is none.
    package static func functionName(in segment: ByteView) -> String? {
        guard let bytes = segment.percentDecoded, let decoded = String(validating: bytes, as: UTF8.self) else {
            return nil
        }
        // NAME, NAME:QUALIFIER, ACCOUNT:function:NAME or arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER].
        let parts = decoded.split(separator: ":", omittingEmptySubsequences: false)
        // The word has a place behind another part only: a function may be named so, and by default is.
        let place = parts.dropFirst().firstIndex(of: "function").map { $0 + 1 } ?? 0
        guard place < parts.count, !parts[place].isEmpty else { return nil }
        return parts.count == 1 ? decoded : String(parts[place])
    }

    /// Reads the request's fields and body.
    init(_ request: HTTPRequest) throws(InvokeFault) {
        switch request.field("X-Amz-Invocation-Type")?.string ?? "" {
        case "", "RequestResponse": kind = .requestResponse
        case "Event": kind = .event
        case "DryRun": kind = .dryRun
        case let other: throw .invalidParameter("Unknown invocation type: \(other)")
        }
        let limit = kind == .event ? Self.eventPayloadLimit : Self.payloadLimit
        guard request.body.count <= limit else { throw .tooLarge(request.body.count, limit) }
        if !request.body.isEmpty {
            if let fault = JSONFault(in: request.body) { throw .notJSON(fault) }
            payload = request.body.array
        } else {
            payload = Array("{}".utf8)
        }
        clientContext = try Self.clientContext(in: request)
        tenantID = request.field("X-Amz-Tenant-Id")?.string ?? ""
        traceID = request.field("X-Amzn-Trace-Id")?.string ?? ""
        wantsTail = request.field("X-Amz-Log-Type").map { $0 == "Tail" } ?? false
    }

    private static func clientContext(in request: HTTPRequest) throws(InvokeFault) -> String {
        guard let field = request.field("X-Amz-Client-Context"), !field.isEmpty else { return "" }
        guard let decoded = Base64.decode(field) else {
            throw .invalidContent("Client context must be a valid Base64-encoded JSON object")
        }
        // It goes to the function in a header field, which holds one line.
        let line = decoded.map { $0 == ASCII.lineFeed || $0 == ASCII.carriageReturn ? ASCII.space : $0 }
        guard line.withByteView({ JSONFault(in: $0) == nil && isFieldValue($0) }) else {
            throw .invalidContent("Client context must be a valid Base64-encoded JSON object")
        }
        return String(decoding: line, as: UTF8.self)
    }
}

/// The fault of a text that should be JSON, and where it is.
package struct JSONFault: CustomStringConvertible, Equatable, Sendable {
    /// Lines counted from 1.
    package let line: Int
    /// Bytes of the line counted from 1.
    package let column: Int
    /// The fault in words, such as `expected a value`.
    package let reason: String

    /// The first fault of a text; nil for good JSON.
    package init?(in text: ByteView) {
        var reader = JSONReader(text)
        do {
            while true {
                if case .end = try reader.next() { return nil }
            }
        } catch {
            let before = text[0..<min(error.offset, text.count)].array
            line = before.count { $0 == ASCII.lineFeed } + 1
            column = before.count - (before.lastIndex(of: ASCII.lineFeed).map { $0 + 1 } ?? 0) + 1
            reason = "expected \(ByteView(error.message).string)"
        }
    }

    /// `line 2, column 7: expected a value`
    package var description: String { "line \(line), column \(column): \(reason)" }
}

/// An error answer of the Invoke API.
enum InvokeFault: Error {
    case notFound(arn: String)
    case invalidParameter(String)
    case invalidContent(String)
    case notJSON(JSONFault)
    case tooLarge(Int, Int)

    /// The HTTP status, the error's name and what it says.
    var answer: (status: Int, type: StaticString, message: String) {
        switch self {
        case .notFound(let arn): (404, "ResourceNotFoundException", "Function not found: \(arn)")
        case .invalidParameter(let text): (400, "InvalidParameterValueException", text)
        case .invalidContent(let text): (400, "InvalidRequestContentException", text)
        case .notJSON(let fault):
            (400, "InvalidRequestContentException", "Could not parse request body into json: \(fault)")
        case .tooLarge(let count, let limit):
            (
                413, "RequestTooLargeException",
                "\(count) byte payload is too large for the invocation type (limit \(limit) bytes)"
            )
        }
    }
}
