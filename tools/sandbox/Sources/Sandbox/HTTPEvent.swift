import ReactorHTTP

/// The event that a request to the function's URL becomes: payload format 2.0 ("Invoking Lambda function URLs", "Request payload
/// format").
package struct HTTPEvent {
    package var method = "GET"
    /// The path as it was sent, percent signs and all.
    package var path = "/"
    /// The query behind the question mark; empty for none.
    package var query = ""
    package var version = "HTTP/1.1"
    /// The header fields in their order.
    package var fields: [(name: String, value: String)] = []
    package var body: [UInt8] = []
    package var sourceIP = "127.0.0.1"
    /// The port of the URL.
    package var port: UInt16 = 80
    package var region = "us-east-1"
    package var requestID = ""
    package var traceID = ""
    /// The time of its arrival, in milliseconds since 1970.
    package var time: Int64 = 0

    package init() {}

    /// The event as JSON.
    package var json: [UInt8] {
        let headers = headers
        let parameters = parameters
        let isText = body.isEmpty || isText(headers.first { $0.name == "content-type" }?.value)
        let prefix = "sandbox"
        let domain = "\(prefix).lambda-url.\(region).on.aws"
        var event: [JSONValue.Field] = [
            ("version", .string("2.0")), ("routeKey", .string("$default")), ("rawPath", .string(path)),
            ("rawQueryString", .string(query)),
        ]
        if !cookies.isEmpty { event.append(("cookies", .strings(cookies))) }
        event.append(("headers", .texts(headers)))
        if !parameters.isEmpty { event.append(("queryStringParameters", .texts(parameters))) }
        let http: [JSONValue.Field] = [
            ("method", .string(method)), ("path", .string(path)), ("protocol", .string(version)),
            ("sourceIp", .string(sourceIP)),
            ("userAgent", .text(headers.first { $0.name == "user-agent" }?.value)),
        ]
        event.append(
            (
                "requestContext",
                .object([
                    ("accountId", .string("anonymous")), ("apiId", .string(prefix)), ("domainName", .string(domain)),
                    ("domainPrefix", .string(prefix)), ("http", .object(http)), ("requestId", .string(requestID)),
                    ("routeKey", .string("$default")), ("stage", .string("$default")),
                    ("time", .string(Timestamp.commonLog(milliseconds: time))), ("timeEpoch", .integer(time)),
                ])
            ))
        let bytes = isText ? body : Base64.encode(body)
        return bytes.withByteView { bytes in
            if !body.isEmpty { event.append(("body", .bytes(bytes))) }
            event.append(("isBase64Encoded", .bool(!isText)))
            return JSONValue.bytes(of: event)
        }
    }

    /// Those that the service says itself, and those of the connection, which end at it.
    private static let replaced: Set<String> = [
        "connection", "content-length", "cookie", "expect", "keep-alive", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto",
    ]

    /// The fields with names in lower case, and several of one name as one, in the order in which each came first.
    private var headers: [(name: String, value: String)] {
        var headers = Self.joined(fields.map { ($0.name.lowercased(), $0.value) })
        let hasLength = headers.contains { $0.name == "content-length" }
        headers.removeAll { Self.replaced.contains($0.name) }
        if hasLength || !body.isEmpty { headers.append(("content-length", String(body.count))) }
        return headers + [
            ("x-amzn-trace-id", traceID), ("x-forwarded-for", sourceIP), ("x-forwarded-port", String(port)),
            ("x-forwarded-proto", "http"),
        ]
    }

    private var cookies: [String] {
        fields.filter { $0.name.lowercased() == "cookie" }.flatMap { $0.value.split(separator: ";") }
            .map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty }
    }

    /// The query's names and values, decoded as those of forms.
    private var parameters: [(name: String, value: String)] {
        Self.joined(
            query.split(separator: "&").map { item in
                let halves = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (Self.decoded(halves[0]), halves.count == 2 ? Self.decoded(halves[1]) : "")
            })
    }

    private static func decoded(_ text: Substring) -> String {
        String(text.map { $0 == "+" ? " " : $0 }).withByteView { text in
            text.percentDecoded.map { String(decoding: $0, as: UTF8.self) } ?? text.string
        }
    }

    /// Values of one name, joined by commas.
    private static func joined(_ pairs: [(name: String, value: String)]) -> [(name: String, value: String)] {
        var places: [String: Int] = [:]
        var joined: [(name: String, value: String)] = []
        for (name, value) in pairs {
            if let place = places[name] {
                joined[place].value += "," + value
            } else {
                places[name] = joined.count
                joined.append((name, value))
            }
        }
        return joined
    }

    /// Returns true if the body travels as it is: a type that the service takes for text, and text indeed. Forms are none.
    private func isText(_ contentType: String?) -> Bool {
        let type = contentType?.prefix { $0 != ";" && $0 != " " }.lowercased() ?? ""
        let isNamedText =
            type.hasPrefix("text/") || type.hasSuffix("+json") || type.hasSuffix("+xml")
            || ["application/json", "application/javascript", "application/xml"].contains(type)
        return isNamedText && String(validating: body, as: UTF8.self) != nil
    }
}

extension HTTPEvent {
    /// The event of a request that has come.
    init(_ request: HTTPRequest) {
        self.init()
        method = request.method.string
        path = request.path.string
        query = request.query?.string ?? ""
        version = request.version == .http10 ? "HTTP/1.0" : "HTTP/1.1"
        for index in 0..<request.fields.count {
            let field = request.fields[index]
            fields.append((field.name.string, field.value.string))
        }
        body = request.body.array
    }
}
