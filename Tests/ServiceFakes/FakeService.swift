import HostProcess
import ReactorHTTP
import Synchronization

/// An HTTP service on an address of its own and a thread of its own, which remembers what it was asked.
public final class FakeService: Sendable {
    /// A request, copied.
    public struct Request: Sendable {
        /// Such as `GET`.
        public let method: String
        /// The target, such as `/check`.
        public let path: String
        /// By their names as they were sent.
        public let headers: [String: String]
        /// As text.
        public let body: String
        /// The trailer fields of a chunked body, by their names as they were sent.
        public let trailers: [String: String]
        /// Counts connections from 0, in the order of their first requests.
        public let connection: Int
    }

    /// Another request came than the one that was expected.
    public struct Unexpected: Error {
        /// The request that came.
        public let request: Request
    }

    /// The reply to a request.
    public enum Reply: Sendable {
        case answer(Int, String = "", [(StaticString, String)] = [])
        /// Nothing until ``FakeService/answerParked(_:on:)``.
        case park
        /// The end of the request's own connection, as the reset of a peer that broke.
        case reset
        /// The end of all connections; new ones are accepted.
        case hangUp
    }

    enum Command: Sendable {
        case answerParked(Reply, path: String?)
        case hangUp
        case stop

        var endsConnections: Bool {
            if case .answerParked = self { false } else { true }
        }
    }

    /// Where it listens, as `127.1.0.7:12345`.
    public let address: String
    private let thread: LoopThread<Command>
    private let log: Log<Request>
    /// The connections that have ended, by their ``Request/connection``; of those that asked nothing there is no entry.
    public let disconnections: Log<Int>
    /// One entry for each end of all connections.
    private let ends: Log<Void>

    private init(
        address: String, thread: LoopThread<Command>, log: Log<Request>, disconnections: Log<Int>, ends: Log<Void>
    ) {
        self.address = address
        self.thread = thread
        self.log = log
        self.disconnections = disconnections
        self.ends = ends
    }

    /// Starts listening.
    ///
    /// - Parameters:
    ///   - address: where to listen; nil for a loopback address of its own.
    ///   - answer: called on the service's thread with each request.
    public static func start(
        on address: SocketAddress? = nil, _ answer: @escaping @Sendable (Request) -> Reply
    ) async throws -> FakeService {
        let (log, disconnections, ends) = (Log<Request>(), Log<Int>(), Log<Void>())
        let bound = Mutex("")
        let thread = try await LoopThread<Command>.start { (loop, _) throws(Errno) in
            let listener = try Socket.listen(on: address ?? nextAddress())
            let address = try listener.localAddress()!
            bound.withLock { $0 = "\(address)" }
            let worker = FakeServiceWorker(
                loop: loop, listener: listener, log: log, disconnections: disconnections, answer: answer)
            worker.serve()
            return { command in
                worker.perform(command)
                if command.endsConnections { ends.append(()) }
            }
        }
        return FakeService(
            address: bound.withLock { $0 }, thread: thread, log: log, disconnections: disconnections, ends: ends)
    }

    /// The next request, which must be this one; waits for it.
    @discardableResult
    public func expect(_ method: String, _ path: String) async throws -> Request {
        let request = try await next()
        guard request.method == method, request.path == path else { throw Unexpected(request: request) }
        return request
    }

    /// The next request, whatever it is; waits for it.
    public func next() async throws -> Request { try await log.next() }

    /// Everything asked so far.
    public var requests: [Request] { log.all }

    /// Answers the request that has been parked longest, or the next one that will be.
    ///
    /// - Parameter path: answers only one with this target.
    public func answerParked(_ reply: Reply, on path: String? = nil) { send(.answerParked(reply, path: path)) }

    /// Ends all connections, and returns once that has happened.
    public func hangUp() async throws {
        send(.hangUp)
        try await ends.next()
    }

    /// Ends all connections, stops listening, and ends the thread.
    public func stop() { send(.stop) }

    /// Returns once ``stop()`` has had its effect.
    public func stopped() async throws { try await ends.next() }

    private static let addresses = Atomic<UInt32>(0)

    /// A loopback address that no other service in this process has, so that no other takes the port of one that
    /// stopped.
    private static func nextAddress() -> SocketAddress {
        .ipv4(0x7F01_0000 + addresses.add(1, ordering: .relaxed).newValue, port: 0)
    }

    private func send(_ command: Command) { thread.send(command) }
}
