import ReactorHTTP
import Sandbox

/// Decides which requests reach the page: those of programs on this machine, and of browsers those of the page itself.
///
/// Any site can have a name of its own lead to this machine, and then read what is there (DNS rebinding), so that the page answers
/// to `localhost` and to addresses alone. What another origin asks for is refused ("Fetch Metadata Request Headers", W3C).
package struct PageAccess {
    /// The page's port.
    let port: UInt16

    package init(port: UInt16) { self.port = port }

    /// The fields of a request that count, as they were sent.
    package struct Fields {
        package var host: ByteView?
        package var origin: ByteView?
        /// `Sec-Fetch-Site`, which every browser of today sends.
        package var site: ByteView?
        /// `Sec-Fetch-Mode` and `Sec-Fetch-Dest`.
        package var mode: ByteView?
        package var destination: ByteView?

        package init() {}

        init(of request: RoutedRequest) {
            host = request.field("Host")
            origin = request.field("Origin")
            site = request.field("Sec-Fetch-Site")
            mode = request.field("Sec-Fetch-Mode")
            destination = request.field("Sec-Fetch-Dest")
        }
    }

    /// Returns true if a request is to be answered.
    ///
    /// - Parameter isPublic: true for what says nothing of the function: somebody may follow a link to it.
    package func admits(_ fields: Fields, isPublic: Bool) -> Bool {
        guard let host = fields.host, isOurs(host), fields.origin.map({ isOrigin($0, of: host) }) ?? true else {
            return false
        }
        if isPublic, let mode = fields.mode, let destination = fields.destination, mode == "navigate",
            destination == "document"
        {
            return true
        }
        return fields.site.map { $0 == "same-origin" || $0 == "none" } ?? true
    }

    private func isOurs(_ host: ByteView) -> Bool {
        let end = host.firstIndex(of: UInt8(ascii: "]")).map { $0 + 1 } ?? host.firstIndex(of: Self.colon) ?? host.count
        let name = host[0..<end]
        guard Self.isLoopback(name) else { return false }
        let rest = host.dropFirst(end)
        // A browser leaves out the port that is its protocol's own.
        if rest.isEmpty { return port == 80 }
        return rest[0] == Self.colon && rest.dropFirst(1).decimal == UInt64(port)
    }

    /// Asks no resolver.
    private static func isLoopback(_ name: ByteView) -> Bool {
        if name.equalsIgnoringCase("localhost") { return true }
        let isBracketed = name.count > 2 && name.starts(with: "[")
        let address =
            isBracketed
            ? SocketAddress.numericIPv6(name[1..<name.count - 1], port: 0) : SocketAddress.numericIPv4(name, port: 0)
        return address?.isLoopback ?? false
    }

    private func isOrigin(_ origin: ByteView, of host: ByteView) -> Bool {
        origin.starts(with: "http://") && origin.dropFirst(7).equalsIgnoringCase(host)
    }

    private static let colon = UInt8(ascii: ":")
}
