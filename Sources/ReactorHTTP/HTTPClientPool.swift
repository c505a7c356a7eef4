/// Sends HTTP/1.1 requests to any number of places, over as many persistent connections as it takes.
///
///     let pool = HTTPClientPool(loop: loop)
///     let origin = HTTPOrigin(address: try .parse("127.0.0.1:8080"), host: "127.0.0.1:8080")
///     pool.send("GET", to: origin, "/", timeout: .seconds(2)) { result in ... }
///
/// - A request takes an idle connection to its origin, the one that was used last; else a new one; at the limit of connections it
///   waits, and the requests of an origin have their turn in the order they came. Each connection is an ``HTTPClient``.
/// - A server may close an idle connection while a request is on its way. A request that repeated does no harm (RFC 9110, section
///   9.2.2: GET, HEAD, OPTIONS, TRACE, PUT and DELETE) is then sent once more, on a new connection; so is any of which nothing had
///   left. Others fail with ``HTTPClientError/connectionLost(_:)``, since they may have been acted on.
/// - Connections that are idle for long are closed, as are those whose request was cancelled or timed out.
///
/// It belongs to the loop's thread. Letting go of it closes it.
public final class HTTPClientPool {
    /// The limits that a pool sets itself.
    public struct Limits: Sendable {
        /// Connections to one origin at a time; further requests wait.
        public var connectionsPerOrigin = 8
        /// Connections to one origin that are kept while they have nothing to do.
        public var idleConnectionsPerOrigin = 8
        /// The time for which a connection is kept that has nothing to do. Best shorter than the servers keep it.
        public var idleTimeout = Duration.seconds(30)
        /// The most bytes of a response's body, decoded.
        public var responseBytes = 32 << 20

        /// The limits above.
        public init() {}
    }

    /// The loop the pool lives on.
    public let loop: EventLoop
    /// The limits given at the start.
    public let limits: Limits

    private var lanes: [Lane] = []
    private var isClosed = false
    private lazy var idleTimer = loop.makeTimer { [unowned(unsafe) self] in closeIdle() }

    /// A pool without connections.
    public init(loop: EventLoop, limits: Limits = Limits()) {
        precondition(limits.connectionsPerOrigin > 0, "a pool without connections")
        self.loop = loop
        self.limits = limits
    }

    deinit { close() }

    /// Open connections, and those being made.
    public var connectionCount: Int { lanes.reduce(0) { $0 + $1.members.count } }
    /// Requests that wait for a connection.
    public var waitingCount: Int { lanes.reduce(0) { $0 + $1.waiting.count } }

    /// Sends a request, now or when a connection is free.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - origin: where to.
    ///   - target: the request target, such as a path.
    ///   - body: the body; copied before the call returns.
    ///   - timeout: the longest wait from this call to the complete answer; nil waits for ever.
    ///   - fields: as in ``HTTPClient/send(_:_:body:timeout:fields:completion:)``.
    ///   - completion: called once on the loop, never inside this call. The response is valid during it only.
    /// - Returns: the request, to be cancelled; it need not be kept.
    @discardableResult
    public func send(
        _ method: StaticString, to origin: HTTPOrigin, _ target: ByteView, body: ByteView = .empty,
        timeout: Duration? = nil, fields: (inout Buffer) -> Void = { _ in },
        completion: @escaping HTTPClient.Completion
    ) -> Request {
        var head = Buffer()
        fields(&head)
        // At once, and not when its turn has come, traps what a caller may not say.
        _ = asksToClose(head.readable, ofRequest: true)
        let request = Request(
            method: method, target: target.array, body: body.array, fields: head.readable.array, pool: self,
            completion: completion)
        guard !isClosed else {
            request.end(.failure(.closed), enqueuedOn: loop)
            return request
        }
        let lane = lane(to: origin)
        request.lane = lane
        if let timeout {
            let timer = loop.makeTimer { [unowned(unsafe) request] in request.timedOut() }
            timer.arm(after: timeout)
            request.timer = timer
        }
        lane.waiting.append(request)
        advance(lane)
        return request
    }

    /// Ends every connection; requests that wait for their answer or their turn fail with ``HTTPClientError/closed``.
    public func close() {
        isClosed = true
        idleTimer.cancel()
        let closing = lanes
        lanes = []
        for lane in closing {
            let requests = lane.waiting + lane.members.compactMap { $0.request }
            lane.waiting = []
            for member in lane.members { member.client.close() }
            lane.members = []
            for request in requests { request.end(.failure(.closed), enqueuedOn: loop) }
        }
    }

    // MARK: Lanes

    /// The requests and connections of one origin.
    final class Lane {
        let origin: HTTPOrigin
        var members: [Member] = []
        var waiting: [Request] = []

        init(_ origin: HTTPOrigin) { self.origin = origin }
    }

    /// A connection.
    final class Member {
        let client: HTTPClient
        var request: Request?
        var idleSince = Instant(nanoseconds: 0)

        init(_ client: HTTPClient) { self.client = client }
    }

    private func lane(to origin: HTTPOrigin) -> Lane {
        for lane in lanes where lane.origin == origin { return lane }
        let lane = Lane(origin)
        lanes.append(lane)
        return lane
    }

    /// Begins the requests that have their turn, as far as there are connections.
    private func advance(_ lane: Lane) {
        while !lane.waiting.isEmpty, let member = freeMember(of: lane) { start(lane.waiting.removeFirst(), on: member) }
    }

    private func freeMember(of lane: Lane) -> Member? {
        var found: Member?
        for member in lane.members where member.request == nil {
            if let found, found.idleSince >= member.idleSince { continue }
            found = member
        }
        if let found { return found }
        guard lane.members.count < limits.connectionsPerOrigin else { return nil }
        let client = lane.origin.host.withByteView {
            HTTPClient(loop: loop, address: lane.origin.address, host: $0, responseLimit: limits.responseBytes)
        }
        let member = Member(client)
        lane.members.append(member)
        return member
    }

    private func start(_ request: Request, on member: Member) {
        member.request = request
        request.member = member
        request.isOnUsedConnection = member.client.connection?.isUsed == true
        request.target.withByteView { target in
            request.body.withByteView { body in
                member.client.send(
                    request.method, target, body: body,
                    fields: { buffer in request.fields.withByteView { buffer.append($0) } },
                    completion: { [weakly = Unowned(self)] result in
                        // One that was given up has no connection any more, and its pool may be gone.
                        if request.member === member { weakly.pool.complete(request, on: member, result) }
                    })
            }
        }
    }

    /// A pool that lives at least as long as any request has a connection of it.
    private struct Unowned {
        unowned(unsafe) let pool: HTTPClientPool
        init(_ pool: HTTPClientPool) { self.pool = pool }
    }

    private func complete(_ request: Request, on member: Member, _ result: Result<HTTPResponse, HTTPClientError>) {
        if case .failure(.connectionLost) = result, request.mayBeRepeated {
            request.isRepeated = true
            return start(request, on: member)
        }
        guard let lane = request.lane else { return }
        request.member = nil
        member.request = nil
        rest(member, in: lane)
        advance(lane)
        tidy(lane)
        request.end(result)
    }

    /// The request has its outcome from elsewhere; what its connection is at then is nobody's concern.
    func forget(_ request: Request) {
        guard let lane = request.lane else { return }
        if let member = request.member {
            request.member = nil
            member.request = nil
            retire(member, from: lane)
            advance(lane)
        } else {
            lane.waiting.removeAll { $0 === request }
        }
        tidy(lane)
    }

    // MARK: Idle connections

    /// A connection has nothing to do, and is kept for a while if it still is one.
    private func rest(_ member: Member, in lane: Lane) {
        member.idleSince = .now
        let idle = lane.members.reduce(0) { $0 + ($1.request == nil ? 1 : 0) }
        if member.client.connection == nil || idle > limits.idleConnectionsPerOrigin {
            return retire(member, from: lane)
        }
        if !idleTimer.isArmed { idleTimer.arm(at: member.idleSince + limits.idleTimeout) }
    }

    private func retire(_ member: Member, from lane: Lane) {
        lane.members.removeAll { $0 === member }
        member.client.close()
        // It may be the client itself that has called.
        loop.enqueue { _ = member }
    }

    private func closeIdle() {
        let now = Instant.now
        var next: Instant?
        for lane in lanes {
            for member in lane.members where member.request == nil {
                let end = member.idleSince + limits.idleTimeout
                // The server may have closed it; then nothing is left to keep.
                if end <= now || member.client.connection == nil {
                    retire(member, from: lane)
                } else {
                    next = min(next ?? end, end)
                }
            }
            tidy(lane)
        }
        if let next { idleTimer.arm(at: next) }
    }

    /// Forgets an origin that has nothing.
    private func tidy(_ lane: Lane) {
        if lane.members.isEmpty, lane.waiting.isEmpty { lanes.removeAll { $0 === lane } }
    }
}
