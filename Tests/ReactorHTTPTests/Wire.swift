import HTTP1
import ReactorHTTP

/// An answer of the server as it stands on the wire.
func answer(_ status: Int, _ body: String, connection: String? = nil) -> String {
    let head = "HTTP/1.1 \(status) \(statusText(status).string)\r\n"
    let field = connection.map { "Connection: \($0)\r\n" } ?? ""
    return "\(head)\(field)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}

func answer(_ body: String, connection: String? = nil) -> String { answer(200, body, connection: connection) }

/// A request without a body.
func get(_ target: String, _ fields: String = "") -> String { "GET \(target) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n" }

/// A request with a body framed by its length.
func post(_ target: String, _ body: String, _ fields: String = "") -> String {
    "POST \(target) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
}

/// A request with a body in chunks, one for each text.
func chunkedPost(_ target: String, _ chunks: [String], trailers: String = "", fields: String = "") -> String {
    "POST \(target) HTTP/1.1\r\nHost: a\r\n\(fields)Transfer-Encoding: chunked\r\n\r\n"
        + chunks.map(chunk).joined() + "0\r\n\(trailers)\r\n"
}

/// A chunk of a body (RFC 9112, section 7.1).
func chunk(_ text: String) -> String { "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n" }
