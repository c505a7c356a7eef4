extension HTTPClient {
    /// The body of a request that is written over time, as a chunked body (RFC 9112, section 7.1).
    ///
    /// Bytes that the kernel does not take are kept, up to the stream's limit; then ``write(_:)`` takes less than it is
    /// given, and ``onWritable`` is called when to continue. A stream belongs to the loop's thread. It is open from
    /// ``HTTPClient/openStream(_:_:unsentLimit:fields:completion:)`` until it is finished or the request's outcome is
    /// known, whichever comes first: a server may answer before it has read everything.
    public final class BodyStream {
        /// Called on the loop, never inside a call of the stream, when there is room again after ``write(_:)`` took
        /// less than it was given; not after the stream has ended.
        public var onWritable: (() -> Void)?

        /// The client whose present request the stream belongs to; nil before its turn and after its end.
        unowned(unsafe) var client: HTTPClient?
        /// The bytes that were written before the request's turn came.
        var early = Buffer()
        private var room: StreamRoom
        /// The writer that its bytes go through, once its request is encoded.
        fileprivate var writer: BodyWriter?
        private var isFinished = false
        private var hasEnded = false

        init(limit: Int) { room = StreamRoom(limit: limit) }
    }
}

extension HTTPClient.BodyStream {
    /// True if more can be written, now or later.
    public var isOpen: Bool { !isFinished && !hasEnded }

    /// Bytes that the kernel has not taken yet, the framing included.
    public var unsentCount: Int { client?.output.count ?? early.count }

    /// Takes as much of `bytes` as there is room for and sends what can be sent at once.
    ///
    /// - Returns: the number of bytes taken, from the front. When it is less than was given, ``onWritable`` is called
    ///   later; when the stream has ended it is zero, and there is nothing more to come.
    public func write(_ bytes: ByteView) -> Int {
        precondition(!isFinished, "written to a stream that was finished")
        var taken = 0
        while taken < bytes.count, !hasEnded {
            let free = room.free(behind: unsentCount)
            guard free > 0 else { break }
            let piece = bytes[taken..<min(bytes.count, taken + free)]
            append { writer?.append(piece, to: &$0) }
            taken += piece.count
        }
        return taken
    }

    /// Ends the body, with the trailer fields that the closure appends; the head should have announced them (RFC 9110,
    /// section 6.6.2). Fields on framing, routing or the connection are no trailers (section 6.5.1), and trap. The request's
    /// completion reports the rest. Nothing happens when the stream has ended already.
    public func finish(trailers: (inout Buffer) -> Void = { _ in }) {
        precondition(!isFinished, "finished twice")
        guard !hasEnded else { return }
        isFinished = true
        append { writer?.finish(in: &$0, trailers: { $0.appendTrailers(trailers) }) }
    }

    private func append(_ encode: (inout Buffer) -> Void) {
        guard let client else { return encode(&early) }
        // Where something is unsent, the loop knows of it and calls when it can go.
        let isFirst = client.output.isEmpty
        encode(&client.output)
        if isFirst { client.write() }
    }

    /// Joins what was written so far to the head, since the request's turn has come.
    func begin(on client: HTTPClient) {
        client.output.append(early.readable)
        early.release()
        self.client = client
    }

    /// Something was written: calls ``onWritable`` if there is room again.
    func sent() {
        guard let client, room.isFreeAgain(behind: client.output.count) else { return }
        client.loop.enqueue { [self] in if isOpen { onWritable?() } }
    }

    /// The outcome is known: whatever else is written goes nowhere.
    func end() {
        hasEnded = true
        client = nil
        onWritable = nil
        early.release()
    }
}

extension HTTPClient {
    /// Sends a request whose body is written over time, now or when its turn comes.
    ///
    /// Such a request is the present one until its answer is complete; others wait for it. It has no time limit. One
    /// that is answered before its body is finished ends with that answer, and the connection with it.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - target: the request target, such as a path.
    ///   - unsentLimit: the most bytes that the stream keeps for the kernel; the framing of one chunk and the trailers
    ///     may come on top.
    ///   - fields: as in ``send(_:_:body:timeout:fields:completion:)``; `Trailer` announces what ``BodyStream/finish(trailers:)``
    ///     appends.
    ///   - completion: called once on the loop, never inside this call or one of the stream's.
    /// - Returns: the stream; the client keeps it while the request is under way.
    public func openStream(
        _ method: StaticString, _ target: ByteView, unsentLimit: Int = 65_536,
        fields: (inout Buffer) -> Void = { _ in }, completion: @escaping Completion
    ) -> BodyStream {
        let stream = BodyStream(limit: unsentLimit)
        start(Exchange(isHead: false, timeout: nil, completion: completion), stream) { buffer in
            let isLast = encodeHead(method, target, fields, into: &buffer)
            stream.writer = BodyWriter(length: nil, endingHead: &buffer)
            return isLast
        }
        return stream
    }
}
