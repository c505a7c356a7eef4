import Glibc
import Reactor
import Timing

/// Round trips of a few bytes between two ends of a stream, both on the loop.
enum Echoing {
    private static let times = 2_000
    private static let message: StaticString = "sixteen bytes..."

    static func nanoseconds(on loop: EventLoop) throws -> Double {
        try Timing.nanoseconds(each: times) {
            let numbers = try pair()
            let near = try AsyncSocket(socket(numbers.near), on: loop)
            let far = try AsyncSocket(socket(numbers.far), on: loop)
            try loop.run { () async throws(Errno) in
                let echo = Task(executorPreference: loop) { try await answer(far) }
                var buffer = Buffer(capacity: 64)
                for _ in 0..<times {
                    buffer.append(ByteView(message))
                    try await near.write(&buffer)
                    while buffer.count < message.utf8CodeUnitCount {
                        guard try await near.read(into: &buffer, upTo: 64) > 0 else { fail("no answer") }
                    }
                    buffer.removeAll()
                }
                near.close()
                _ = await echo.result
            }
        }
    }

    private nonisolated(nonsending) static func answer(_ end: AsyncSocket) async throws(Errno) {
        var buffer = Buffer(capacity: 64)
        while try await end.read(into: &buffer, upTo: 64) > 0 { try await end.write(&buffer) }
    }

    static func nanosecondsOfHandlers(on loop: EventLoop) throws -> Double {
        try Timing.nanoseconds(each: times) {
            let numbers = try pair()
            let (client, server) = (End(socket(numbers.near)), End(socket(numbers.far)))
            try server.watch(on: loop) { server.write() }
            var left = times
            try client.watch(on: loop) {
                guard client.buffer.count >= message.utf8CodeUnitCount else { return }
                left -= 1
                if left > 0 { client.write() } else { loop.stop() }
            }
            client.buffer.append(ByteView(message))
            client.write()
            try loop.run()
            for end in [client, server] { end.end(on: loop) }
        }
    }

    /// An end of the stream, with what has come.
    private final class End {
        private let socket: Socket
        var buffer = Buffer(capacity: 64)
        private var token: Token?

        init(_ socket: consuming Socket) { self.socket = socket }

        func watch(on loop: EventLoop, _ handler: @escaping () -> Void) throws(Errno) {
            token = try loop.register(socket.descriptor, for: .read) { [unowned(unsafe) self] _ in
                let room = UnsafeMutableRawBufferPointer(rebasing: buffer.reserve(64)[..<64])
                guard case .bytes(let count)? = try? socket.read(into: room) else { fail("nothing to read") }
                buffer.commit(count)
                handler()
            }
        }

        func write() {
            guard case .bytes(buffer.count)? = try? socket.write(buffer.readable) else { fail("cannot write") }
            buffer.removeAll()
        }

        func end(on loop: EventLoop) { if let token { loop.deregister(token) } }
    }

    /// The descriptors of a stream's two ends.
    private static func pair() throws(Errno) -> (near: Int32, far: Int32) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Errno(rawValue: errno) }
        return (ends[0], ends[1])
    }

    private static func socket(_ number: Int32) -> Socket { Socket(FileDescriptor(rawValue: number)) }
}
