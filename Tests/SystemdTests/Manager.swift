import CLinux
import Systemd
import Testing

/// A service manager: a datagram socket at an abstract name or a path, and what came to it.
final class Manager {
    let address: SocketAddress
    private let descriptor: FileDescriptor

    init(at address: SocketAddress) throws {
        self.address = address
        let number = socket(AF_UNIX, clinux_sock_dgram_flags, 0)
        try #require(number >= 0)
        descriptor = FileDescriptor(rawValue: number)
        let answer = try address.withKernelAddress { (kernel, length) throws(Errno) in
            clinux_bind(number, kernel, length)
        }
        try #require(answer == 0, "\(Errno.current)")
    }

    /// A name that nobody else has.
    static func freeName() -> SocketAddress {
        .unix([0] + Array("postinvoke-\(getpid())-\(UInt64.random(in: 0 ... .max))".utf8))
    }

    /// The next datagram; nil when none waits.
    func next() -> String? {
        var room = [UInt8](repeating: 0, count: 4_096)
        let count = recv(descriptor.rawValue, &room, room.count, 0)
        return count < 0 ? nil : String(decoding: room[..<count], as: UTF8.self)
    }

    /// All datagrams that wait.
    func all() -> [String] {
        var messages: [String] = []
        while let message = next() { messages.append(message) }
        return messages
    }
}
