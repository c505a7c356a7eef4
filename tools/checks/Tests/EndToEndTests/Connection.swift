import Foundation
import ToolsTestSupport

/// A connection to a server of another process. Blocks, with a deadline on each step.
final class Connection {
    private let descriptor: Int32
    private var input: [UInt8] = []

    init(_ host: String, _ port: UInt16) throws {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        descriptor = socket(AF_INET, kind, 0)
        var limit = timeval(tv_sec: Int(RunningProgram.patience.components.seconds), tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        let result = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw TestFailure("cannot connect to \(host):\(port): \(Self.reason)") }
    }

    deinit { close(descriptor) }

    func send(_ text: String) throws {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw TestFailure("\(text.prefix(40)): cannot be sent: \(Self.reason)") }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Everything up to the end of the stream.
    func readAll() throws -> String {
        while try readMore() {}
        defer { input = [] }
        return String(decoding: input, as: UTF8.self)
    }

    /// The next line, without its end.
    func readLine() throws -> String {
        while true {
            if let end = input.firstIndex(of: UInt8(ascii: "\n")) {
                defer { input.removeSubrange(...end) }
                return String(decoding: input[..<end], as: UTF8.self)
            }
            guard try readMore() else { throw TestFailure("the connection ended in the middle of a line") }
        }
    }

    /// False at the end of the stream.
    private func readMore() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw TestFailure("no answer: \(Self.reason)") }
        input += buffer[..<count]
        return count > 0
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
