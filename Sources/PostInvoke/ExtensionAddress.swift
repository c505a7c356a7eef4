import Bytes
import Hold
import LambdaAPI
import Reactor

/// An address where the extension listens; one of those in `POSTINVOKE_ADDRESS`.
package struct ExtensionAddress: Sendable {
    package let socket: SocketAddress
    /// The address as given, for messages and the `Host` field.
    package let text: String

    /// Reads a list with commas between the addresses; nil is the extension's own default.
    package static func list(_ text: String?) throws(PostInvokeError) -> [ExtensionAddress] {
        var addresses: [ExtensionAddress] = []
        do {
            try text.withByteView { (text) throws(SettingError) in
                try HoldSettings.readAddresses(text) { addresses.append(ExtensionAddress(socket: $0, text: $1.string)) }
            }
        } catch {
            throw PostInvokeError(error)
        }
        return addresses
    }

    var isUnix: Bool { socket.port == nil }

    /// The value of the `Host` field; a Unix socket has no host, and RFC 9110 section 7.2 has the field empty then.
    var host: String { isUnix ? "" : text }
}
