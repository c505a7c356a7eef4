import CLinux
import Reactor

/// A nonblocking Unix datagram socket that sends to one address.
struct DatagramSocket: ~Copyable {
    private let descriptor: FileDescriptor

    /// Opens one.
    ///
    /// - Throws: the `Errno` of connect(2): `ENOENT` and `ECONNREFUSED` when nobody listens.
    static func connect(to address: SocketAddress) throws(Errno) -> DatagramSocket {
        let number = try uninterrupted { () in socket(AF_UNIX, clinux_sock_dgram_flags, 0) }
        let opened = DatagramSocket(descriptor: FileDescriptor(rawValue: number))
        try address.withKernelAddress { (kernel, length) throws(Errno) in
            _ = try uninterrupted { () in clinux_connect(number, kernel, length) }
        }
        return opened
    }

    /// Sends the bytes as one datagram.
    func send(_ bytes: ByteView) throws(Errno) {
        let number = descriptor.rawValue
        _ = try uninterrupted { () in CLinux.send(number, bytes.start, bytes.count, clinux_msg_nosignal) }
    }
}
