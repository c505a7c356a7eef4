import LambdaAPI

/// An address where the extension listens; one of those in `POSTINVOKE_ADDRESS`.
package struct ExtensionAddress: Sendable {
    package let socket: SocketAddress
    /// The address as given, for messages and the `Host` field.
    package let text: String

    /// Reads a list with commas between the addresses; nil is the extension's own default.
    package static func list(_ text: String?) throws(PostInvokeError) -> [ExtensionAddress] {
        var addresses: [ExtensionAddress] = []
        for part in (text ?? "127.0.0.1:1339").split(separator: ",", omittingEmptySubsequences: false) {
            addresses.append(try ExtensionAddress(String(part)))
        }
        return addresses
    }

    package init(_ text: String) throws(PostInvokeError) {
        do {
            socket = try text.withByteView { (bytes) throws(SocketAddressError) in try SocketAddress.parse(bytes) }
        } catch {
            throw .invalidAddress(text, reason: "\(error.message)")
        }
        // As the extension has it.
        guard socket.isLoopback, socket.port != 0 else {
            throw .invalidAddress(text, reason: "is no port on loopback")
        }
        self.text = text
    }

    var isUnix: Bool { socket.port == nil }

    /// The value of the `Host` field; a Unix socket has no host, and RFC 9110 section 7.2 has the field empty then.
    var host: String { isUnix ? "" : text }
}
