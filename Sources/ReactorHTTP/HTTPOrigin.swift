/// The destination of requests: an address, TCP or Unix, and the name it answers to.
public struct HTTPOrigin: Equatable, Sendable {
    /// The address that is connected to.
    public let address: SocketAddress
    let host: [UInt8]

    /// - Parameters:
    ///   - address: what is connected to.
    ///   - host: the value of the `Host` field, as in `127.0.0.1:9001`; a Unix socket is often called `localhost`.
    public init(address: SocketAddress, host: ByteView) {
        precondition(isFieldValue(host), "the host cannot stand in a field")
        self.address = address
        self.host = host.array
    }
}
