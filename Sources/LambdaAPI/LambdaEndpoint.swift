/// Where Lambda's Runtime and Extensions APIs are served inside an execution environment.
///
/// `HTTP_PROXY` and its kin never apply to it.
public struct LambdaEndpoint: Sendable {
    /// The variable that names it, as `host:port`.
    public static var variable: StaticString { "AWS_LAMBDA_RUNTIME_API" }

    /// The address to connect to.
    public let address: SocketAddress
    /// The text it was read from, sent as `Host`.
    public let host: [UInt8]

    /// Reads `host:port`: an IPv4 address, an IPv6 address in brackets, or a name; see `SocketAddress.parse(_:)`.
    public init(parsing text: ByteView) throws(SocketAddressError) {
        address = try SocketAddress.parse(text)
        host = text.array
    }

    /// The endpoint that `AWS_LAMBDA_RUNTIME_API` names.
    public static func fromEnvironment() throws(LambdaEndpointError) -> LambdaEndpoint {
        guard let value = ProcessEnvironment.value(of: variable) else {
            throw LambdaEndpointError(value: nil, fault: "is not set")
        }
        do {
            return try LambdaEndpoint(parsing: value)
        } catch {
            throw LambdaEndpointError(value: value.array, fault: error.message)
        }
    }

    /// A client of both APIs, over one connection.
    package func makeClient(on loop: EventLoop) -> HTTPClient {
        host.withByteView { HTTPClient(loop: loop, address: address, host: $0) }
    }
}
