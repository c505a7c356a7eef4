import Glibc

/// One blocking connection to a server on this machine.
final class Connection {
    private let descriptor: Int32
    private var room = [UInt8](repeating: 0, count: 4_096)

    init(port: Int) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let made = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) }
        }
        guard descriptor >= 0, made == 0 else { fail("cannot connect: errno \(errno)") }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(descriptor) }

    /// Sends a request and waits for its answer, which comes in one piece; the answer.
    @discardableResult
    func exchange(_ target: StaticString) -> ArraySlice<UInt8> {
        exchange(Array("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
    }

    private func exchange(_ request: [UInt8]) -> ArraySlice<UInt8> {
        guard write(descriptor, request, request.count) == request.count else { fail("cannot send") }
        let count = read(descriptor, &room, room.count)
        guard count > 12, room[9] == UInt8(ascii: "2") else { fail("no answer") }
        return room[..<count]
    }

    /// What the server's `/memory` says.
    var allocatedBytes: Int {
        let digits = exchange("/memory").reversed().prefix { $0 >= 0x30 && $0 <= 0x39 }
        return digits.reversed().reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// The median time of a round trip, in nanoseconds.
    func medianRoundTrip(_ rounds: Int) -> Int {
        let request = Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
        var times: [Int] = []
        times.reserveCapacity(rounds)
        for _ in 0..<rounds {
            let start = nanoseconds()
            _ = exchange(request)
            times.append(nanoseconds() - start)
        }
        return times.sorted()[rounds / 2]
    }
}

func nanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// Says what is wrong and ends the process.
func fail(_ message: String) -> Never {
    let line = Array((message + "\n").utf8)
    _ = write(STDERR_FILENO, line, line.count)
    exit(1)
}
