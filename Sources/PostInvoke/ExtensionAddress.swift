import LambdaAPI

/// Where the extension listens: `POSTINVOKE_ADDRESS`, or the address it has when that is not set.
package struct ExtensionAddress: Sendable {
    package let socket: SocketAddress
    /// The address as given, for messages and the `Host` field.
    package let text: String

    static func fromEnvironment() throws(PostInvokeError) -> ExtensionAddress {
        try ExtensionAddress(ProcessEnvironment.value(of: "POSTINVOKE_ADDRESS")?.string ?? "127.0.0.1:1339")
    }

    package init(_ text: String) throws(PostInvokeError) {
        do {
            socket = try text.withByteView { (bytes) throws(SocketAddressError) in try SocketAddress.parse(bytes) }
        } catch {
            throw .invalidAddress(text, reason: "\(error.message)")
        }
        guard socket.isLoopback else { throw .invalidAddress(text, reason: "is not of this machine") }
        self.text = text
    }

    /// The value of the `Host` field; a Unix socket has no host, and RFC 9110 section 7.2 has the field empty then.
    var host: String { socket.port == nil ? "" : text }
}
