import CLinux

/// The address where a stream socket listens or connects to.
public enum SocketAddress: Equatable, Sendable {
    /// An IPv4 address, its four bytes read as one big-endian number, and a port.
    case ipv4(UInt32, port: UInt16)
    /// An IPv6 address, the two halves of its sixteen bytes read as big-endian numbers, and a port.
    case ipv6(UInt64, UInt64, port: UInt16)
    /// A Unix socket by its path, in which no byte is zero, or, when the first byte is zero, by its abstract name; at most 107
    /// bytes. None at all is what a socket without a name reports; nothing can be bound or connected to that.
    case unix([UInt8])

    /// 127.0.0.1 and a port; 0 lets the kernel choose one.
    public static func loopback(port: UInt16) -> SocketAddress { .ipv4(0x7F00_0001, port: port) }

    /// The TCP port; nil for a Unix socket.
    public var port: UInt16? {
        switch self {
        case .ipv4(_, let port), .ipv6(_, _, let port): port
        case .unix: nil
        }
    }

    /// True if only this machine can reach the address: 127.0.0.0/8, also where it is written as an IPv6 address
    /// (`::ffff:127.0.0.1`; RFC 4291, section 2.5.5.2), `::1`, or a Unix socket.
    public var isLoopback: Bool {
        switch self {
        case .ipv4(let address, _): address >> 24 == 127
        case .ipv6(let high, let low, _): high == 0 && (low == 1 || low >> 24 == 0xFFFF_7F)
        case .unix: true
        }
    }

    /// Appends the address as ``parse(_:)-(ByteView)`` reads it.
    public func append(to buffer: inout Buffer) {
        switch self {
        case .ipv4(let address, let port):
            var shift: UInt32 = 32
            while shift > 0 {
                shift -= 8
                buffer.append(decimal: UInt64(address >> shift & 0xFF))
                buffer.append(shift > 0 ? "." : ":")
            }
            buffer.append(decimal: UInt64(port))
        case .ipv6(let high, let low, let port):
            buffer.append("[")
            appendGroups(high, low, to: &buffer)
            buffer.append("]:")
            buffer.append(decimal: UInt64(port))
        case .unix(let path):
            buffer.append("unix:")
            path.withByteView { bytes in
                if bytes.count > 0, bytes[0] == 0 {
                    buffer.append("@")
                    buffer.append(bytes.dropFirst(1))
                } else {
                    buffer.append(bytes)
                }
            }
        }
    }
}

/// Appends an IPv6 address with its longest run of zero groups written `::` (RFC 5952, section 4).
private func appendGroups(_ high: UInt64, _ low: UInt64, to buffer: inout Buffer) {
    func group(_ index: Int) -> UInt64 { ((index < 4 ? high : low) >> UInt64(48 - index % 4 * 16)) & 0xFFFF }
    // Where the longest run ends, and how many groups it has; one alone is none.
    var (end, longest) = (0, 1)
    var (index, zeros) = (0, 0)
    while index < 8 {
        zeros = group(index) == 0 ? zeros + 1 : 0
        index += 1
        if zeros > longest { (end, longest) = (index, zeros) }
    }
    index = 0
    while index < 8 {
        if index == end - longest {
            buffer.append("::")
            index = end
        } else {
            if index > 0, index != end { buffer.append(":") }
            buffer.append(hexadecimal: group(index))
            index += 1
        }
    }
}

extension SocketAddress: CustomStringConvertible {
    /// The address as ``parse(_:)-(ByteView)`` reads it.
    public var description: String {
        var buffer = Buffer()
        append(to: &buffer)
        return buffer.readable.string
    }
}

extension SocketAddress {
    /// The kernel's family number.
    var family: Int32 {
        switch self {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        case .unix: AF_UNIX
        }
    }

    /// Lends the address in the kernel's form.
    ///
    /// - Throws: ``Errno/nameTooLong`` or ``Errno/invalidArgument`` for a Unix socket's path that has no such form, or what `body`
    ///   throws.
    package func withKernelAddress<Result>(_ body: (UnsafeRawPointer, socklen_t) throws(Errno) -> Result) throws(Errno)
        -> Result
    {
        var kernel = sockaddr_storage()
        return try withUnsafeMutablePointer(to: &kernel) { (kernel) throws(Errno) in
            try body(kernel, socklen_t(truncatingIfNeeded: try store(to: kernel)))
        }
    }

    /// Writes the kernel's form into zeros that are a `sockaddr_storage`.
    ///
    /// - Returns: its length.
    private func store(to kernel: UnsafeMutableRawPointer) throws(Errno) -> Int {
        switch self {
        case .ipv4(let address, let port):
            var form = sockaddr_in()
            form.sin_family = sa_family_t(AF_INET)
            form.sin_port = port.bigEndian
            form.sin_addr.s_addr = address.bigEndian
            kernel.storeBytes(of: form, as: sockaddr_in.self)
            return MemoryLayout<sockaddr_in>.size
        case .ipv6(let high, let low, let port):
            var form = sockaddr_in6()
            form.sin6_family = sa_family_t(AF_INET6)
            form.sin6_port = port.bigEndian
            form.sin6_addr = .bigEndian(high, low)
            kernel.storeBytes(of: form, as: sockaddr_in6.self)
            return MemoryLayout<sockaddr_in6>.size
        case .unix(let path):
            // One byte stays zero behind a path; an abstract name is known by its length alone.
            guard path.count < MemoryLayout<sockaddr_un>.size - MemoryLayout<sa_family_t>.size else {
                throw .nameTooLong
            }
            // The kernel would read a path no further than to a zero, and so mean another socket; in a name zeros are bytes as
            // others are (unix(7)).
            guard let first = path.first, first == 0 || !path.contains(0) else { throw .invalidArgument }
            kernel.storeBytes(of: sa_family_t(AF_UNIX), as: sa_family_t.self)
            let room = kernel + MemoryLayout<sa_family_t>.size
            path.withByteView { path in room.copyMemory(from: path.start, byteCount: path.count) }
            return MemoryLayout<sa_family_t>.size + path.count + (first == 0 ? 0 : 1)
        }
    }

    /// Reads an address that the kernel wrote; nil for a family that is none of ours.
    init?(kernel: UnsafeRawPointer, length: socklen_t) {
        switch Int32(kernel.loadUnaligned(as: sa_family_t.self)) {
        case AF_INET:
            let address = kernel.loadUnaligned(as: sockaddr_in.self)
            self = .ipv4(UInt32(bigEndian: address.sin_addr.s_addr), port: UInt16(bigEndian: address.sin_port))
        case AF_INET6:
            let address = kernel.loadUnaligned(as: sockaddr_in6.self)
            let (high, low) = withUnsafeBytes(of: address.sin6_addr) { bytes in
                (bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
            self = .ipv6(UInt64(bigEndian: high), UInt64(bigEndian: low), port: UInt16(bigEndian: address.sin6_port))
        case AF_UNIX:
            var path = [UInt8](UnsafeRawBufferPointer(start: kernel, count: Int(length)).dropFirst(2))
            if path.first != 0, path.last == 0 { path.removeLast() }
            self = .unix(path)
        default:
            return nil
        }
    }
}

extension in6_addr {
    fileprivate static func bigEndian(_ high: UInt64, _ low: UInt64) -> in6_addr {
        var address = in6_addr()
        withUnsafeMutableBytes(of: &address) { bytes in
            bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
            bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        return address
    }
}
