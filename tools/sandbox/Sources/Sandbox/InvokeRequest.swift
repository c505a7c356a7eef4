import JSON
import ReactorHTTP

/// A request to Lambda's Invoke API, read and checked ("Invoke", AWS Lambda API Reference).
package struct InvokeRequest: Equatable {
    /// The invocation type, by the name that a request has for it.
    package enum Kind: String, Equatable {
        case requestResponse = "RequestResponse"
        case event = "Event"
        case dryRun = "DryRun"

        /// The most bytes of an event.
        var limit: Int { self == .event ? InvokeRequest.eventPayloadLimit : InvokeRequest.payloadLimit }
    }

    var kind = Kind.requestResponse
    var payload: [UInt8] = []
    var clientContext = ""
    var tenantID = ""
    var qualifier = ""
    var traceID = ""
    var wantsTail = false

    /// The most bytes of an event that is answered, and of one that is not.
    package static let payloadLimit = 6 * 1024 * 1024
    package static let eventPayloadLimit = 1024 * 1024
    /// The most bytes of a client context in Base64.
    package static let clientContextLimit = 3583
    /// The most bytes of a body that are read for the sake of their number, which its refusal tells.
    static let bodyLimit = 16 * 1024 * 1024

    /// Reads the request's query and fields; the body follows with ``take(_:)``.
    ///
    /// - Parameter qualifier: the one in the function's name; nil for none.
    init(_ request: RoutedRequest, qualifier: String?) throws(InvokeFault) {
        self.qualifier = try Self.qualifier(in: request, besides: qualifier)
        kind = try Self.kind(of: request)
        clientContext = try Self.clientContext(in: request)
        tenantID = request.field("X-Amz-Tenant-Id")?.string ?? ""
        guard tenantID.isEmpty || FunctionReference.isTenant(tenantID) else {
            throw .notMatching("tenantId", tenantID, FunctionReference.tenantPattern)
        }
        traceID = request.field("X-Amzn-Trace-Id")?.string ?? ""
        switch request.field("X-Amz-Log-Type")?.string ?? "" {
        case "", "None": break
        case "Tail": wantsTail = kind == .requestResponse
        case let other: throw .invalidParameter("Unknown log type: \(other)")
        }
    }

    /// The invocation type that a request names.
    static func kind(of request: RoutedRequest) throws(InvokeFault) -> Kind {
        let name = request.field("X-Amz-Invocation-Type")?.string ?? ""
        if name.isEmpty { return .requestResponse }
        guard let kind = Kind(rawValue: name) else { throw .invalidParameter("Unknown invocation type: \(name)") }
        return kind
    }

    /// Takes the body, which is the event.
    mutating func take(_ body: [UInt8]) throws(InvokeFault) {
        guard body.count <= kind.limit else { throw .tooLarge("\(body.count)", kind) }
        guard !body.isEmpty else { return payload = Array("{}".utf8) }
        if let fault = body.withByteView({ JSONFault(in: $0) }) { throw .notJSON(fault) }
        payload = body
    }

    /// The version or alias that is asked for; empty for none. It stands in the query, in the function's name, or in both.
    private static func qualifier(
        in request: RoutedRequest, besides derived: String?
    ) throws(InvokeFault) -> String {
        let asked = request.queryValue("Qualifier").map {
            String(decoding: $0.percentDecoded ?? $0.array, as: UTF8.self)
        }
        let qualifier = asked ?? derived ?? ""
        guard asked != "", derived != "", qualifier.isEmpty || FunctionReference.isQualifier(qualifier) else {
            throw .notMatching("qualifier", qualifier, FunctionReference.qualifierPattern)
        }
        guard derived == nil || derived == qualifier else {
            throw .invalidParameter(
                "The derived qualifier from the function name does not match the specified qualifier.")
        }
        return qualifier
    }

    private static func clientContext(in request: RoutedRequest) throws(InvokeFault) -> String {
        guard let field = request.field("X-Amz-Client-Context"), !field.isEmpty else { return "" }
        guard field.count <= Self.clientContextLimit else {
            throw .invalidContent("Client context must have at most \(Self.clientContextLimit) bytes in Base64")
        }
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

/// An error answer of the Invoke API.
enum InvokeFault: Error {
    case ofPage
    case unknownOperation
    case notFound(arn: String)
    case notMatching(String, String, StaticString)
    case invalidParameter(String)
    case invalidContent(String)
    case notJSON(JSONFault)
    case tooLarge(String, InvokeRequest.Kind)

    /// The HTTP status, the error's name and what it says.
    var answer: (status: Int, type: StaticString, message: String) {
        switch self {
        case .ofPage: (403, "AccessDeniedException", Refusal.ofPage.message)
        case .unknownOperation: (404, "UnknownOperationException", "Only Invoke is offered here")
        case .notFound(let arn): (404, "ResourceNotFoundException", "Function not found: \(arn)")
        case .notMatching(let member, let value, let pattern):
            (
                400, "ValidationException",
                "1 validation error detected: Value '\(value)' at '\(member)' failed to satisfy constraint: Member must"
                    + " satisfy regular expression pattern: \(pattern)"
            )
        case .invalidParameter(let text): (400, "InvalidParameterValueException", text)
        case .invalidContent(let text): (400, "InvalidRequestContentException", text)
        case .notJSON(let fault):
            (400, "InvalidRequestContentException", "Could not parse request body into json: \(fault)")
        case .tooLarge(let count, let kind):
            (
                413, "RequestTooLargeException",
                "\(count) byte payload is too large for the \(kind.rawValue) invocation type (limit \(kind.limit) bytes)"
            )
        }
    }
}
