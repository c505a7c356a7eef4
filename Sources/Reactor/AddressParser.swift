import CLinux

/// What is wrong with the text of an address.
public enum SocketAddressError: Error, Equatable, Sendable {
    /// There is no `:port` at the end.
    case missingPort
    /// The port is no number from 0 to 65535.
    case invalidPort
    /// The host is empty, or brackets do not hold an IPv6 address.
    case invalidHost
    /// The host is a name that neither `/etc/hosts` nor, where the build has one, the resolver knows.
    case unknownName
    /// A Unix socket's path or name is empty or longer than 107 bytes.
    case invalidPath

    /// The fault in words, to be put behind the value that had it.
    public var message: StaticString {
        switch self {
        case .missingPort: "has no port"
        case .invalidPort: "has no port from 0 to 65535"
        case .invalidHost: "has no valid host"
        case .unknownName: "names a host that cannot be found"
        case .invalidPath: "has no socket path or name of 1 to 107 bytes"
        }
    }
}

extension SocketAddress {
    /// Reads `host:port`, where the host is an IPv4 address, an IPv6 address in brackets, `localhost` or another name,
    /// or `unix:/path`, or `unix:@name` for an abstract name.
    ///
    /// `localhost` is always 127.0.0.1. Another name is looked for in `/etc/hosts`, then, in ordinary builds, by the
    /// system's resolver, which may block: do that at start only.
    public static func parse(_ text: ByteView) throws(SocketAddressError) -> SocketAddress {
        if text.starts(with: "unix:") { return try parsePath(text.dropFirst(5)) }
        var colon = text.count - 1
        while colon >= 0, text[colon] != 0x3A { colon -= 1 }
        // The last colon may be one of a bare or bracketed IPv6 address that has no port behind it.
        guard colon >= 0, text[text.count - 1] != 0x5D else { throw .missingPort }
        let digits = text.dropFirst(colon + 1)
        guard digits.count <= 5, let number = digits.decimal, let port = UInt16(exactly: number) else {
            throw .invalidPort
        }

        let host = text[0..<colon]
        // Past a NUL libc would not read on.
        guard host.count > 0, host.count < 256, host.firstIndex(of: 0) == nil else { throw .invalidHost }
        if host[0] == 0x5B {
            guard host[host.count - 1] == 0x5D, let address = numericIPv6(host[1..<host.count - 1], port: port) else {
                throw .invalidHost
            }
            return address
        }
        guard host.firstIndex(of: 0x3A) == nil else { throw .invalidHost }
        if host.equalsIgnoringCase("localhost") { return .loopback(port: port) }
        if let address = numericIPv4(host, port: port) { return address }
        return try lookUp(host, port: port)
    }

    /// The same for a string.
    public static func parse(_ text: String) throws(SocketAddressError) -> SocketAddress {
        try text.withByteView { (bytes) throws(SocketAddressError) in try parse(bytes) }
    }

    private static func parsePath(_ text: ByteView) throws(SocketAddressError) -> SocketAddress {
        guard text.count > 0, text.count <= 107, text.firstIndex(of: 0) == nil else { throw .invalidPath }
        var path = text.array
        if path[0] == 0x40 {
            guard path.count > 1 else { throw .invalidPath }
            path[0] = 0
        }
        return .unix(path)
    }

    static func numericIPv4(_ text: ByteView, port: UInt16) -> SocketAddress? {
        var address = in_addr()
        guard withCString(text, { inet_pton(AF_INET, $0, &address) }) == 1 else { return nil }
        return .ipv4(UInt32(bigEndian: address.s_addr), port: port)
    }

    static func numericIPv6(_ text: ByteView, port: UInt16) -> SocketAddress? {
        var address = in6_addr()
        guard withCString(text, { inet_pton(AF_INET6, $0, &address) }) == 1 else { return nil }
        return withUnsafeBytes(of: address) { bytes in
            .ipv6(
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)), port: port)
        }
    }
}

/// Lends a copy of `text` with a zero behind it.
func withCString<Result>(_ text: ByteView, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    var copy = Buffer(capacity: text.count + 1)
    copy.append(text)
    copy.append(0 as UInt8)
    return copy.readable.start.withMemoryRebound(to: CChar.self, capacity: text.count + 1, body)
}
