/// One accepted connection of a server: its socket, what it still has to read and to write, and where it stands.
///
/// ``ServerConnectionState`` says what may happen; this class makes it happen. Whatever enters it, an event, its timer
/// or an answer from outside, ends with ``settle()``, which derives from the state what to wait for, and how long. An
/// idle connection has no buffers of its own; it borrows the server's while it is served.
final class HTTPConnection {
    let context: ServerContext
    var id = ConnectionID(token: Token(slot: .max, generation: 0))
    // Release builds skip the run-time check of exclusive access: it takes a twentieth of a server's time.
    /// Nil before the connection begins and once it has ended.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private(set) var socket: Socket?
    private var registration: Token?
    /// The interest that the loop was asked for.
    private var interest = Interest.arrivals
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var state = ServerConnectionState()
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var input = Buffer()
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var output = Buffer()
    /// True if the last read filled its room.
    private var mayHaveMore = false
    /// True while it is being served, or somebody is called who may close it: it then stays, and what follows an answer
    /// waits, until the end.
    var isInTurn = false
    /// True if the connection never gives way to a newcomer.
    var isKept = false
    /// True if its next answer is its last.
    private(set) var isRetired = false
    /// The time at which it was served last, counted in the server's requests.
    var lastServed: UInt64 = 0
    /// Made when first needed.
    private var timer: EventLoop.Timer?
    /// The wait that the timer bounds.
    private var bounded = ServerConnectionState.Wait.none
    /// The request's body, if its pieces are handed out while they arrive.
    var incoming: HTTPRequestBody?
    /// The answer's body, if it is written over time.
    var outgoing: HTTPResponseStream?

    init(context: ServerContext) { self.context = context }

    // MARK: Coming and going

    /// Takes over an accepted socket and waits for its first request; false if the loop cannot.
    func start(_ socket: consuming Socket) -> Bool {
        do {
            registration = try context.loop.registerReader(socket.descriptor, for: .arrivals) {
                [unowned(unsafe) self] event in
                // The table's reference may go while the handler runs; this one keeps the connection until the end.
                let connection = self
                return connection.ready(event)
            }
        } catch {
            return false
        }
        self.socket = consume socket
        bound()
        return true
    }

    // What every request asks of the state is read from its fields: a function of another module would get a copy of it all.

    var isClosed: Bool {
        if case .closed = state.stage { return true }
        return false
    }

    /// True if the request of this number waits for its answer.
    func isAwaiting(_ exchange: UInt32) -> Bool {
        guard case .answering = state.stage else { return false }
        return state.exchange == exchange
    }

    /// True if nothing is going on.
    var isIdle: Bool { !isInTurn && state.isIdle(buffered: input.count, unsent: output.count) }

    /// True if it may be closed in favour of a newcomer: it has had an answer, and nothing is going on. Before its
    /// first request the time limit of heads bounds it.
    var isEvictable: Bool { isIdle && lastServed > 0 && !isKept }

    /// True if the peer did not take all of what was written.
    var isBlocked: Bool { interest == .write }

    /// Ends the connection if nothing is going on, otherwise behind its next answer.
    func retire() {
        isRetired = true
        if isIdle { close() }
    }

    /// Ends the connection: nothing of it is read, written or called any more but the server's `onDisconnect`.
    ///
    /// In its turn the handler may still be looking at the request, in the connection's buffer: then the rest waits for
    /// the turn's end.
    func close() {
        guard !isClosed else { return }
        state.close()
        timer?.cancel()
        if let registration { context.loop.deregister(registration) }
        socket = nil
        if !isInTurn { remove() }
    }

    /// Calls somebody who may end the connection. Should that happen, the rest waits until the call has returned, as it
    /// does in a turn.
    func keepingAlive(_ body: () -> Void) {
        guard !isInTurn else { return body() }
        isInTurn = true
        body()
        isInTurn = false
        if isClosed { remove() }
    }

    /// Forgets a connection that was closed and is not in its turn.
    private func remove() {
        context.connections.remove(id.token)
        input.removeAll()
        output.removeAll()
        restoreBuffers()
        endStreams()
        context.removed(id)
    }

    private func restoreBuffers() {
        context.inputBuffer.restore(from: &input)
        context.outputBuffer.restore(from: &output)
    }

    // MARK: Events

    /// Writes what waits, or reads one bite, and goes on from there.
    private func ready(_ event: Event) -> ReadOutcome {
        guard output.isEmpty else {
            if event.isWritable { takeTurn() }
            return .mayHaveMore
        }
        guard event.isReadable else {
            takeTurn()
            return .mayHaveMore
        }
        context.inputBuffer.lend(to: &input)
        let free = input.reserve(max(4_096, Int(min(state.reader.missing(in: input), 262_144))))
        switch try? socket!.read(into: free) {
        case .bytes(let count):
            mayHaveMore = count == free.count
            input.commit(count)
        case .wouldBlock:
            mayHaveMore = false
            settle()
            return .mayHaveMore
        case .endOfStream, nil:
            // A hang-up is no end of what has arrived before it (epoll_ctl(2)).
            if state.stream != .none, incoming?.reader.isDecided(by: input.readable) == true {
                settle()
            } else {
                close()
            }
            return .mayHaveMore
        }
        if case .lingering = state.stage {
            // Bytes that a refused peer still sends are read and forgotten.
            input.removeAll()
            context.inputBuffer.restore(from: &input)
        } else {
            takeTurn()
        }
        // Whatever a short read means, in the middle of a message there is more to come.
        return mayHaveMore || !input.isEmpty ? .mayHaveMore : .drained
    }

    /// A turn: serves one complete request after another, until one waits for its answer or for more bytes, and writes
    /// the answers, as long as the peer takes them.
    func takeTurn() {
        state.needsTurn = false
        isInTurn = true
        var peerTakesMore = true
        serving: while peerTakesMore {
            if output.count > context.limits.unsentBytes {
                peerTakesMore = write()
                continue
            }
            do {
                switch state.stage {
                // The body of the last request, too, may still be on its way.
                case .answering: guard try receive() else { break serving }
                case .reading where !state.isLast: guard try serveNext() else { break serving }
                default: break serving
                }
            } catch {
                switch error {
                case .malformed(let fault): refuse(fault.status)
                case .tooLarge: refuse(413)
                }
            }
        }
        // A peer that takes no more is waited for. If a second write emptied the output, nothing would bring back the requests that
        // are still to be served.
        if peerTakesMore, !isClosed { _ = write() }
        isInTurn = false
        if isClosed { remove() } else { settle() }
    }

    /// Leaves the connection alone until something happens to it, unless it has said its last: what to wait for, and how long,
    /// follows from its state.
    func settle() {
        guard !isClosed else { return }
        if state.isLast && state.hasSaidAll(unsent: output.count) || isRetired && isIdle { finish() }
        guard !isClosed else { return }
        restoreBuffers()
        bound()
        watch()
        if context.isFull, isEvictable { context.resumeListeners() }
    }

    /// Asks the loop for the events that the connection's state calls for.
    private func watch() {
        let wanted: Interest =
            switch state.interest(buffered: input.count, unsent: output.count) {
            case .arrivals: .arrivals
            case .writing: .write
            case .hangUp: .hangUp
            case .nothing: .none
            }
        guard wanted != interest, let registration else { return }
        interest = wanted
        do {
            try context.loop.reregister(registration, for: wanted)
        } catch {
            close()
        }
    }

    // MARK: Limits

    /// Has the timer bound what the connection's state waits for.
    private func bound() {
        let wait = state.wait(buffered: input.count, unsent: output.count)
        guard wait != bounded else { return }
        bounded = wait
        let limit: Duration
        switch wait {
        case .none:
            timer?.cancel()
            return
        case .turn: limit = .zero
        case .head: limit = context.limits.headTimeout
        case .body: limit = context.limits.bodyTimeout
        case .writing: limit = context.limits.writeTimeout
        case .lingering: limit = context.limits.lingerTimeout
        }
        if timer == nil {
            timer = context.loop.makeTimer { [unowned(unsafe) self] in
                let connection = self
                connection.timedOut()
            }
        }
        timer?.arm(at: context.loop.now + limit)
    }

    private func timedOut() {
        let wait = bounded
        bounded = .none
        switch wait {
        case .turn:
            takeTurn()
        case .none, .writing, .lingering:
            close()
        case .head where input.isEmpty:
            close()
        case .body where incoming != nil:
            timedOutReceiving()
        case .head, .body:
            // Bytes that have arrived are no fault of the peer: this process may have been stopped. The next round
            // reads on.
            if mayHaveMore {
                mayHaveMore = false
                bounded = wait
                timer?.arm(at: context.loop.now)
            } else {
                refuse(408)
            }
        }
    }
}
