import Foundation

/// One request of HTTP/1.1 over a connection of its own, and its answer. Blocks, with a deadline on each step.
struct HTTPExchange {
    let status: Int
    let body: String
    private let head: [Substring]

    init(
        _ method: String, _ path: String, host: String, port: UInt16, fields: [String: String] = [:], body: String = ""
    ) throws {
        let descriptor = try Self.connect(host, port)
        defer { close(descriptor) }
        var request = "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n"
        for (name, value) in fields { request += "\(name): \(value)\r\n" }
        request += "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        var bytes = Array(request.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Failure("\(method) \(path): cannot be sent: \(Self.reason)") }
            bytes = bytes.dropFirst(count)
        }
        let answer = try Self.readAll(descriptor)
        guard let end = answer.range(of: "\r\n\r\n") else { throw Failure("\(method) \(path): no answer") }
        head = answer[..<end.lowerBound].split(separator: "\r\n")
        self.body = String(answer[end.upperBound...])
        status = head.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }

    /// The value of a field of the answer.
    func field(_ name: String) -> String? {
        let line = head.dropFirst().first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
        return line.map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
    }

    private static func connect(_ host: String, _ port: UInt16) throws -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET, kind, 0)
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
                Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            defer { close(descriptor) }
            throw Failure("cannot connect to \(host):\(port): \(reason)")
        }
        return descriptor
    }

    private static func readAll(_ descriptor: Int32) throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw Failure("no answer: \(reason)") }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
