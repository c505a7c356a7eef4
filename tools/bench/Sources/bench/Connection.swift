import CBench
import Glibc

/// One blocking connection to a server on this machine.
final class Connection {
    private let descriptor: Int32
    private var room = [UInt8](repeating: 0, count: 4_096)

    init(port: UInt16) throws {
        descriptor = try check(socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0), "a socket")
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let made = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) }
        }
        try check(made, "connecting to port \(port)")
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// A request without a body.
    static func get(_ target: String) -> [UInt8] { Array("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8) }

    /// An invocation by Lambda's Invoke API.
    static func invocation(of event: String) -> [UInt8] {
        Array(
            """
            POST /2015-03-31/functions/function/invocations HTTP/1.1\r\nHost: localhost\r\n\
            Content-Length: \(event.utf8.count)\r\n\r\n\(event)
            """.utf8)
    }

    /// Sends a request and waits for its answer, which comes in one piece.
    ///
    /// - Returns: the answer, valid until the next call.
    @discardableResult
    func exchange(_ request: [UInt8]) throws -> ArraySlice<UInt8> {
        guard write(descriptor, request, request.count) == request.count else { throw Failure("sending", errno) }
        let count = try check(read(descriptor, &room, room.count), "waiting for an answer")
        guard count > 12, room[9] == UInt8(ascii: "2") else { throw Failure("not answered with 200") }
        return room[..<count]
    }

    /// The number that the answer to a request ends with.
    func number(_ target: String) throws -> Int {
        let digits = try exchange(Self.get(target)).reversed().prefix { $0 >= 0x30 && $0 <= 0x39 }
        return digits.reversed().reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// The times of round trips, in nanoseconds.
    func roundTrips(_ count: Int) throws -> [Int64] {
        let request = Self.get("/")
        var times: [Int64] = []
        times.reserveCapacity(count)
        for _ in 0..<count {
            let start = bench_now()
            try exchange(request)
            times.append(bench_now() - start)
        }
        return times
    }
}
