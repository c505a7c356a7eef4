extension HTTPClientPool {
    /// A request of a pool. It belongs to the loop's thread.
    public final class Request {
        let method: StaticString
        let target: [UInt8]
        let body: [UInt8]
        /// Header fields as they stand on the wire.
        let fields: [UInt8]
        /// The lane it is in, until its outcome is known.
        var lane: Lane?
        /// The connection it is on, when its turn has come.
        var member: Member?
        var timer: EventLoop.Timer?
        /// True if its connection had served before, and may have died meanwhile.
        var isOnUsedConnection = false
        var isRepeated = false
        private unowned(unsafe) let pool: HTTPClientPool
        private var completion: HTTPClient.Completion?

        init(
            method: StaticString, target: [UInt8], body: [UInt8], fields: [UInt8], pool: HTTPClientPool,
            completion: @escaping HTTPClient.Completion
        ) {
            self.method = method
            self.target = target
            self.body = body
            self.fields = fields
            self.pool = pool
            self.completion = completion
        }

        /// True until the outcome is known.
        public var isUnderWay: Bool { completion != nil }

        /// Gives the request up: it fails with ``HTTPClientError/closed``, from the loop and not inside this call, and
        /// its connection ends. The server may have acted on it. Nothing happens when its outcome is known already.
        public func cancel() { give(up: .closed) }

        func give(up error: HTTPClientError) {
            guard completion != nil, lane != nil else { return }
            pool.forget(self)
            end(.failure(error), enqueuedOn: pool.loop)
        }

        /// The time is over, which does not count for what has arrived: this process may have been stopped.
        func timedOut() {
            if member?.client.takesMore() == true { timer?.arm(after: .zero) } else { give(up: .timedOut) }
        }

        /// True if it is sent once more after its connection has ended: a server that closes idle connections may have
        /// closed this one before it saw the request, and to repeat it does no harm.
        var mayBeRepeated: Bool {
            guard isOnUsedConnection, !isRepeated else { return false }
            let idempotent: [StaticString] = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]
            return idempotent.contains { ByteView($0) == ByteView(method) }
        }

        /// Tells the outcome, once.
        func end(_ result: Result<HTTPResponse, HTTPClientError>) { takeCompletion()?(result) }

        /// Tells a failure from the loop.
        func end(_ result: Result<HTTPResponse, HTTPClientError>, enqueuedOn loop: EventLoop) {
            if let completion = takeCompletion() { loop.enqueue { completion(result) } }
        }

        private func takeCompletion() -> HTTPClient.Completion? {
            defer { completion = nil }
            timer?.cancel()
            timer = nil
            lane = nil
            member = nil
            return completion
        }
    }
}
