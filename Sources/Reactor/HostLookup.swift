import CLinux

extension SocketAddress {
    /// Finds a host name in `/etc/hosts`, then, where the build has one, through the system's resolver.
    static func lookUp(_ name: ByteView, port: UInt16) throws(SocketAddressError) -> SocketAddress {
        if let text = readWholeFile("/etc/hosts") {
            if let address = text.withByteView({ find(name, inHosts: $0, port: port) }) { return address }
        }
        #if !hasFeature(Embedded)
        if let address = resolve(name, port: port) { return address }
        #endif
        throw .unknownName
    }

    /// The address of the first line of a hosts file (hosts(5)) that lists `name`, IPv4 before IPv6.
    package static func find(_ name: ByteView, inHosts text: ByteView, port: UInt16) -> SocketAddress? {
        var ipv6: SocketAddress?
        var rest = text
        while rest.count > 0 {
            let end = rest.firstIndex(of: ASCII.lineFeed) ?? rest.count
            var line = rest[0..<end]
            rest = rest.dropFirst(min(end + 1, rest.count))
            if let comment = line.firstIndex(of: 0x23) { line = line[0..<comment] }
            var address: ByteView?
            while let word = nextWord(&line) {
                if let address {
                    guard word.equalsIgnoringCase(name) else { continue }
                    if let found = numericIPv4(address, port: port) { return found }
                    if ipv6 == nil { ipv6 = numericIPv6(address, port: port) }
                } else {
                    address = word
                }
            }
        }
        return ipv6
    }

    private static func nextWord(_ line: inout ByteView) -> ByteView? {
        line = line.trimmed
        guard line.count > 0 else { return nil }
        var end = 0
        while end < line.count, !ASCII.isBlank(line[end]), line[end] != ASCII.carriageReturn { end += 1 }
        let word = line[0..<end]
        line = line.dropFirst(min(end + 1, line.count))
        return word.isEmpty ? nil : word
    }

    #if !hasFeature(Embedded)
    private static func resolve(_ name: ByteView, port: UInt16) -> SocketAddress? {
        var hints = addrinfo()
        hints.ai_socktype = clinux_sock_stream
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name.string, nil, &hints, &list) == 0 else { return nil }
        defer { freeaddrinfo(list) }
        guard let first = list?.pointee, let kernel = first.ai_addr else { return nil }
        switch SocketAddress(kernel: kernel, length: first.ai_addrlen) {
        case .ipv4(let address, _): return .ipv4(address, port: port)
        case .ipv6(let high, let low, _): return .ipv6(high, low, port: port)
        default: return nil
        }
    }
    #endif
}

/// The contents of a small file; nil when it cannot be read.
private func readWholeFile(_ path: StaticString) -> [UInt8]? {
    let number = path.utf8Start.withMemoryRebound(to: CChar.self, capacity: path.utf8CodeUnitCount + 1) {
        clinux_open($0, O_RDONLY | O_CLOEXEC, 0)
    }
    guard number >= 0 else { return nil }
    let file = FileDescriptor(rawValue: number)
    var contents = Buffer(capacity: 4096)
    while contents.count < 1 << 20 {
        guard let result = try? file.read(into: contents.reserve(4096)), case .bytes(let count) = result else { break }
        contents.commit(count)
    }
    return contents.readable.array
}
