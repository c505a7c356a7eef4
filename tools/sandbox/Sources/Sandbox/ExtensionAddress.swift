/// The address at which the extension of this project listens. Environments share one loopback here, while in Lambda each has
/// its own: so each has another address on it.
package enum ExtensionAddress {
    static let variable = "POSTINVOKE_ADDRESS"
    private static let standard = "127.0.0.1:1339"

    /// The variable's value for an environment; a text that is no address is left as it is, for the extension to judge.
    ///
    /// - Parameter text: its value for the first environment; nil is the standard address.
    package static func value(_ text: String?, for environment: Int) -> String {
        (text ?? standard).split(separator: ",", omittingEmptySubsequences: false).map { text in
            guard let address = String(text).withByteView({ try? SocketAddress.parse($0) }) else { return String(text) }
            return moved(address, by: environment - 1).description
        }.joined(separator: ",")
    }

    private static func moved(_ address: SocketAddress, by distance: Int) -> SocketAddress {
        switch address {
        // All of 127.0.0.0/8 is loopback. Its second number goes first, since neighbours may be in use.
        case .ipv4(let host, let port):
            let place = host &+ UInt32(distance & 0xFF) << 16 &+ UInt32(distance >> 8 & 0xFFFF)
            return .ipv4(host & 0xFF00_0000 | place & 0xFF_FFFF, port: port)
        case .ipv6(let high, let low, let port): return .ipv6(high, low, port: port &+ UInt16(distance & 0x3FFF))
        case .unix(let path): return .unix(distance == 0 ? path : path + Array("-\(distance + 1)".utf8))
        }
    }
}
