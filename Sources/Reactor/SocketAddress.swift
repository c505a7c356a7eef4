import CLinux

/// Where a stream socket listens or connects to.
public enum SocketAddress: Equatable, Sendable {
    /// An IPv4 address, its four bytes read as one big-endian number, and a port.
    case ipv4(UInt32, port: UInt16)
    /// An IPv6 address, the two halves of its sixteen bytes read as big-endian numbers, and a port.
    case ipv6(UInt64, UInt64, port: UInt16)
    /// A Unix socket by its path, or, when the first byte is zero, by its abstract name; at most 107 bytes.
    /// None at all is what a socket without a name reports; nothing can be bound or connected to that.
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

    /// Whether only this machine can reach the address.
    public var isLoopback: Bool {
        switch self {
        case .ipv4(let address, _): address >> 24 == 127
        case .ipv6(let high, let low, _): high == 0 && low == 1
        case .unix: true
        }
    }

    /// Appends the address as ``parse(_:)-(ByteView)`` reads it.
    public func append(to buffer: inout Buffer) {
        switch self {
        case .ipv4(let address, let port):
            for shift in [24, 16, 8, 0] as [UInt32] {
                buffer.append(decimal: UInt64((address >> shift) & 0xFF))
                if shift > 0 { buffer.append(".") }
            }
            buffer.append(":")
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
    var longest = 0..<0
    var start = 0
    while start < 8 {
        var end = start
        while end < 8, group(end) == 0 { end += 1 }
        if end - start > max(longest.count, 1) { longest = start..<end }
        start = end + 1
    }
    var index = 0
    while index < 8 {
        if index == longest.lowerBound, !longest.isEmpty {
            buffer.append("::")
            index = longest.upperBound
        } else {
            if index > 0, index != longest.upperBound || longest.isEmpty { buffer.append(":") }
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
    package func withKernelAddress<Result>(_ body: (UnsafeRawPointer, socklen_t) throws(Errno) -> Result) throws(Errno)
        -> Result
    {
        switch self {
        case .ipv4(let address, let port):
            var kernel = sockaddr_in()
            kernel.sin_family = sa_family_t(AF_INET)
            kernel.sin_port = port.bigEndian
            kernel.sin_addr.s_addr = address.bigEndian
            return try withUnsafePointer(to: &kernel) { (pointer) throws(Errno) in
                try body(pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        case .ipv6(let high, let low, let port):
            var kernel = sockaddr_in6()
            kernel.sin6_family = sa_family_t(AF_INET6)
            kernel.sin6_port = port.bigEndian
            kernel.sin6_addr = .bigEndian(high, low)
            return try withUnsafePointer(to: &kernel) { (pointer) throws(Errno) in
                try body(pointer, socklen_t(MemoryLayout<sockaddr_in6>.size))
            }
        case .unix(let path):
            var kernel = sockaddr_un()
            kernel.sun_family = sa_family_t(AF_UNIX)
            // One byte stays zero behind a path; an abstract name is told by its length alone.
            guard path.count < MemoryLayout.size(ofValue: kernel.sun_path) else { throw .nameTooLong }
            guard !path.isEmpty else { throw .invalidArgument }
            let isAbstract = path.first == 0
            let length = MemoryLayout<sa_family_t>.size + path.count + (isAbstract ? 0 : 1)
            withUnsafeMutableBytes(of: &kernel.sun_path) { room in room.copyBytes(from: path) }
            return try withUnsafePointer(to: &kernel) { (pointer) throws(Errno) in try body(pointer, socklen_t(length))
            }
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
