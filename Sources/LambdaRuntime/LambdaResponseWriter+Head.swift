#if !hasFeature(Embedded)
import LambdaAPI

extension LambdaResponseWriter {
    /// The header fields of a streamed HTTP response, in their order. A name may come several times:
    ///
    ///     let headers: LambdaResponseWriter.Headers = ["Content-Type": "text/html", "Link": "</a>", "Link": "</b>"]
    public struct Headers: ExpressibleByDictionaryLiteral, Sendable {
        private(set) var fields: [(name: String, value: String)]

        /// The given fields.
        public init(dictionaryLiteral elements: (String, String)...) {
            fields = elements.map { (name: $0.0, value: $0.1) }
        }

        /// The fields of a dictionary, or of anything else that is made of keys and values.
        public init(_ fields: some Sequence<(key: String, value: String)>) {
            self.fields = fields.map { (name: $0.key, value: $0.value) }
        }

        /// Adds a field behind the others.
        public mutating func append(_ name: String, _ value: String) { fields.append((name: name, value: value)) }
    }

    /// Status and headers that cannot be sent. Nothing was written because of them.
    public enum HeadError: Error, Equatable, Sendable {
        /// The response has begun: status and headers were written already, or a byte of the body was.
        case tooLate
        /// A status that is not from 100 to 999.
        case status(Int)
        /// A header name that is no token (RFC 9110, section 5.1).
        case name(String)
        /// The value of the header of this name has a control character (RFC 9110, section 5.5).
        case value(of: String)
        /// The cookie at this index has a control character.
        case cookie(Int)
    }

    /// Writes status and headers of an HTTP response, for callers that come through a function URL or an API Gateway.
    ///
    ///     try await writer.writeStatusAndHeaders(
    ///         status: 200, headers: ["Content-Type": "text/html"], cookies: ["session=1; Secure"])
    ///     try await writer.write("<p>first part</p>")
    ///
    /// They come before the first byte of the body. Without them such a caller gets 200 and the ``contentType``, which
    /// also applies here if the headers name none. A caller that invokes the function in another way sees them as the
    /// beginning of the response: JSON and eight NUL bytes.
    ///
    /// - Parameters:
    ///   - status: the status, 100 to 999.
    ///   - headers: the header fields. Several of one name, in whatever case, are sent as several values of that name.
    ///   - cookies: values of `Set-Cookie`.
    /// - Throws: a ``HeadError``, and then nothing was written; otherwise what writing the body throws.
    public func writeStatusAndHeaders(status: Int, headers: Headers = [:], cookies: [String] = []) async throws {
        try await open(
            with: HTTPPrelude(status: status, headers: headers, cookies: cookies, contentType: explicitContentType))
    }
}

extension LambdaResponseWriter.HeadError: CustomStringConvertible {
    /// The error in one line.
    public var description: String {
        switch self {
        case .tooLate: "the response has begun, and status and headers come first and once"
        case .status(let status): "the status \(status) is not from 100 to 999"
        case .name(let name): "the header name \(quoted(name)) is no token"
        case .value(of: let name): "the value of the header \(quoted(name)) has a control character"
        case .cookie(let index): "the cookie at \(index) has a control character"
        }
    }

    private func quoted(_ name: String) -> String {
        var buffer = Buffer()
        name.withByteView { buffer.appendJSONString($0) }
        return buffer.readable.string
    }
}
#endif
