import CLinux

/// A fault in the text of an address.
public enum SocketAddressError: Error, Equatable, Sendable {
    /// There is no `:port` at the end.
    case missingPort
    /// The port is no number from 0 to 65535.
    case invalidPort
    /// The host is empty or has blanks, brackets do not hold an IPv6 address, or it ends in a number and is no IPv4 address.
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
    ///
    /// An IPv4 address has four decimal numbers, none with a zero in front. Whatever else ends in a number, such as `127.1`,
    /// `010.0.0.1` or `0x7f000001`, is refused rather than looked for as a name: the resolver would read it as an address, and
    /// not as the one that others see in it (RFC 6943, section 3.1.1).
    ///
    /// - Throws: ``SocketAddressError/invalidPath`` for what follows `unix:`; otherwise
    ///   ``SocketAddressError/missingPort`` or ``SocketAddressError/invalidPort``, and of a host with a valid port
    ///   ``SocketAddressError/invalidHost`` or ``SocketAddressError/unknownName``.
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
        guard host.count > 0, host.count < 256, !hasBlanks(host) else { throw .invalidHost }
        if host[0] == 0x5B {
            guard host[host.count - 1] == 0x5D, let address = numericIPv6(host[1..<host.count - 1], port: port) else {
                throw .invalidHost
            }
            return address
        }
        guard host.firstIndex(of: 0x3A) == nil else { throw .invalidHost }
        if host.equalsIgnoringCase("localhost") { return .loopback(port: port) }
        if let address = numericIPv4(host, port: port) { return address }
        guard !endsInNumber(host) else { throw .invalidHost }
        return try lookUp(host, port: port)
    }

    /// The same for a string.
    ///
    /// - Throws: the ``SocketAddressError`` of ``parse(_:)-(ByteView)``.
    public static func parse(_ text: String) throws(SocketAddressError) -> SocketAddress {
        try text.withByteView { (bytes) throws(SocketAddressError) in try parse(bytes) }
    }

    private static func parsePath(_ text: ByteView) throws(SocketAddressError) -> SocketAddress {
        guard text.count > 0, text.count <= 107, text.firstIndex(of: 0) == nil else { throw .invalidPath }
        guard text[0] == 0x40 else { return .unix(text.array) }
        guard text.count > 1 else { throw .invalidPath }
        var name = Buffer()
        name.append(0)
        name.append(text.dropFirst(1))
        return .unix(name.readable.array)
    }

    /// Reads four decimal numbers with dots between them, none with a zero in front: such a one is octal to some.
    package static func numericIPv4(_ text: ByteView, port: UInt16) -> SocketAddress? {
        parseIPv4(text).map { .ipv4($0, port: port) }
    }

    /// Reads the forms of RFC 4291, section 2.2: eight groups, some of them perhaps as `::`, the last two perhaps as an
    /// IPv4 address.
    package static func numericIPv6(_ text: ByteView, port: UInt16) -> SocketAddress? {
        parseIPv6(text).map { .ipv6($0.high, $0.low, port: port) }
    }
}

/// Returns true if there are spaces or control characters, which no host has; past a NUL the resolver would not read
/// on.
private func hasBlanks(_ host: ByteView) -> Bool {
    var index = 0
    while index < host.count {
        if host[index] <= 0x20 || host[index] == 0x7F { return true }
        index += 1
    }
    return false
}

/// Returns true if the last label, a dot at the end apart, is a decimal, octal or hexadecimal number: what inet_aton(3)
/// may take for an address, and what is no name's end in DNS (RFC 3696, section 2).
private func endsInNumber(_ host: ByteView) -> Bool {
    let dot = UInt8(ascii: ".")
    let end = host[host.count - 1] == dot ? host.count - 1 : host.count
    var start = end
    while start > 0, host[start - 1] != dot { start -= 1 }
    let label = host[start..<end]
    guard label.count > 0 else { return false }
    let isHexadecimal = label.count > 1 && label[0] == UInt8(ascii: "0") && label[1] | 0x20 == UInt8(ascii: "x")
    var index = isHexadecimal ? 2 : 0
    while index < label.count {
        guard isHexadecimal ? ASCII.hexValue(label[index]) != nil : ASCII.isDigit(label[index]) else { return false }
        index += 1
    }
    return true
}

private func parseIPv4(_ text: ByteView) -> UInt32? {
    var address: UInt32 = 0
    var rest = text
    var left = 4
    while true {
        left -= 1
        let end = left == 0 ? rest.count : rest.firstIndex(of: UInt8(ascii: ".")) ?? 0
        guard end == 1 || end > 1 && end <= 3 && rest[0] != UInt8(ascii: "0"),
            let number = rest[0..<end].decimal, number < 256
        else { return nil }
        address = address << 8 | UInt32(number)
        if left == 0 { return address }
        rest = rest.dropFirst(end + 1)
    }
}

private func parseIPv6(_ text: ByteView) -> (high: UInt64, low: UInt64)? {
    let colon = UInt8(ascii: ":")
    var groups = InlineArray<8, UInt64>(repeating: 0)
    var count = 0
    /// The number of groups before the `::`.
    var gap: Int?
    var rest = text
    if rest.starts(with: "::") {
        gap = 0
        rest = rest.dropFirst(2)
    }
    while !rest.isEmpty {
        let end = rest.firstIndex(of: colon) ?? rest.count
        if end == rest.count, count <= 6, let tail = parseIPv4(rest) {
            groups[count] = UInt64(tail >> 16)
            groups[count + 1] = UInt64(tail & 0xFFFF)
            count += 2
            break
        }
        guard count < 8, let group = parseGroup(rest[0..<end]) else { return nil }
        groups[count] = group
        count += 1
        guard end < rest.count else { break }
        rest = rest.dropFirst(end + 1)
        // A colon stands between groups, two stand for zeros.
        guard let next = rest.isEmpty ? nil : rest[0] else { return nil }
        if next == colon {
            guard gap == nil else { return nil }
            gap = count
            rest = rest.dropFirst(1)
        }
    }
    guard gap == nil ? count == 8 : count < 8 else { return nil }
    let zeros = 8 - count
    var (high, low) = (0 as UInt64, 0 as UInt64)
    var place = 0
    while place < 8 {
        let isBefore = place < gap ?? 8
        let group = isBefore ? groups[place] : place < (gap ?? 8) + zeros ? 0 : groups[place - zeros]
        high = high << 16 | low >> 48
        low = low << 16 | group
        place += 1
    }
    return (high, low)
}

/// One to four hexadecimal digits.
private func parseGroup(_ text: ByteView) -> UInt64? {
    guard text.count >= 1, text.count <= 4 else { return nil }
    var group: UInt64 = 0
    var index = 0
    while index < text.count {
        guard let digit = ASCII.hexValue(text[index]) else { return nil }
        group = group << 4 | UInt64(digit)
        index += 1
    }
    return group
}
