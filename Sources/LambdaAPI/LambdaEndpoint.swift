/// The endpoint of Lambda's Runtime and Extensions APIs inside an execution environment.
///
/// `HTTP_PROXY` and its kin never apply to it.
public struct LambdaEndpoint: Sendable {
    /// The variable that names it, as `host:port`.
    public static var variable: StaticString { "AWS_LAMBDA_RUNTIME_API" }

    /// The address to connect to.
    public let address: SocketAddress
    /// The host and port as they were written, sent as `Host`.
    public let host: [UInt8]
    /// The beginning of the path of every call, as in `/.rt`; mostly empty.
    public let path: [UInt8]

    /// Reads `host:port`, an IPv4 address, an IPv6 address in brackets, or a name, as Lambda gives it; see
    /// `SocketAddress.parse(_:)`.
    ///
    /// Other services in Lambda's place give a URL: `http://` may stand before it, and a path behind it. A slash at the path's end
    /// counts for nothing.
    ///
    /// - Throws: a ``SettingError`` that quotes the text and says what is wrong with it: the host or port, a
    ///   scheme other than `http`, a query or a fragment, or a byte that no path has.
    public init(parsing text: ByteView) throws(SettingError) {
        let parts = try Parts(text)
        do { address = try SocketAddress.parse(parts.host) } catch { throw Self.error(text, error.message) }
        host = parts.host.array
        path = parts.path.array
    }

    /// The endpoint that `AWS_LAMBDA_RUNTIME_API` names.
    ///
    /// - Throws: a ``SettingError`` when the variable is not set, or when ``init(parsing:)`` does not take its
    ///   value.
    public static func fromEnvironment() throws(SettingError) -> LambdaEndpoint {
        guard let value = ProcessEnvironment.value(of: variable) else {
            throw error(nil, "is not set")
        }
        return try LambdaEndpoint(parsing: value)
    }

    private static func error(_ value: ByteView?, _ fault: StaticString) -> SettingError {
        SettingError(variable: variable, value: value, fault: fault, allowed: "host:port or http://host:port/path")
    }

    /// A client of both APIs, over one connection. Each request says who we are: `User-Agent: postinvoke/VERSION`.
    package func makeClient(on loop: EventLoop) -> HTTPClient {
        host.withByteView { host in
            path.withByteView { path in
                HTTPClient(loop: loop, address: address, host: host, path: path) { fields in
                    fields.append("User-Agent: postinvoke/")
                    fields.append(ByteView(postinvokeVersion))
                    fields.append("\r\n")
                }
            }
        }
    }

    /// The pieces of the text.
    private struct Parts {
        let host: ByteView
        let path: ByteView

        init(_ text: ByteView) throws(SettingError) {
            // Not a URL, whose scheme it looks like: the rest is a path or a name.
            guard !text.starts(with: "unix:") else {
                host = text
                path = .empty
                return
            }
            var start = 0
            while start < text.count, !text.dropFirst(start).starts(with: "://") { start += 1 }
            let isURL = start < text.count
            guard !isURL || text[0..<start].equalsIgnoringCase("http") else {
                throw LambdaEndpoint.error(text, "has another scheme than http")
            }
            let rest = isURL ? text.dropFirst(start + 3) : text
            let slash = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.count
            host = rest[0..<slash]
            var path = rest.dropFirst(slash)
            while path.count > 0, path[path.count - 1] == UInt8(ascii: "/") { path = path[0..<path.count - 1] }
            var index = 0
            while index < rest.count {
                let byte = rest[index]
                guard byte != UInt8(ascii: "?"), byte != UInt8(ascii: "#") else {
                    throw LambdaEndpoint.error(text, "has a query or a fragment")
                }
                guard index < slash || byte > 0x20 && byte < 0x7F else {
                    throw LambdaEndpoint.error(text, "has a path that is none")
                }
                index += 1
            }
            self.path = path
        }
    }
}
