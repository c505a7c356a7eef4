import ReactorHTTP
import Testing

@Suite struct HTTPClientPoolTests {
    // MARK: Connections

    @Test(arguments: Bench.Transport.allCases)
    func usesAnIdleConnectionAgain(transport: Bench.Transport) throws {
        let made = try PoolBench(transport)
        for number in 0..<5 {
            try made.send("GET", "/\(number)")
            try made.expect(get("/\(number)"), onPeer: 0)
            made.peers[0].send(answer("\(number)"))
            #expect(try made.next() == ("/\(number)", .answer(200, "\(number)")))
        }
        #expect(made.peers.count == 1 && made.pool!.connectionCount == 1)
    }

    @Test func writesWhatItIsAsked() throws {
        let made = try PoolBench()
        made.pool!.send("PUT", to: made.origin, "/x?y", body: "abc", fields: { $0.appendField("X", "1") }) { _ in }
        try made.expect("PUT /x?y HTTP/1.1\r\nHost: a\r\nX: 1\r\nContent-Length: 3\r\n\r\nabc", onPeer: 0)
    }

    @Test func opensNoMoreThanItMayAndKeepsTheOrder() throws {
        let made = try PoolBench { $0.connectionsPerOrigin = 2 }
        for number in 0..<5 { try made.send("GET", "/\(number)") }
        #expect(made.pool!.waitingCount == 3 && made.pool!.connectionCount == 2)
        try made.expect(get("/0"), onPeer: 0)
        try made.expect(get("/1"), onPeer: 1)
        made.peers[1].send(answer("b"))
        #expect(try made.next() == ("/1", .answer(200, "b")))
        try made.expect(get("/2"), onPeer: 1)
        made.peers[0].send(answer("a"))
        #expect(try made.next() == ("/0", .answer(200, "a")))
        try made.expect(get("/3"), onPeer: 0)
        made.peers[0].send(answer("d"))
        #expect(try made.next() == ("/3", .answer(200, "d")))
        try made.expect(get("/4"), onPeer: 0)
        #expect(made.peers.count == 2 && made.pool!.waitingCount == 0)
    }

    /// The one used last is the likeliest to be open still; the others may be closed by their idleness.
    @Test func prefersTheConnectionUsedLast() throws {
        let made = try PoolBench()
        for number in 0..<3 {
            try made.send("GET", "/\(number)")
            try made.expect(get("/\(number)"), onPeer: number)
        }
        for number in [1, 2, 0] {
            made.peers[number].send(answer(""))
            _ = try made.next()
        }
        try made.send("GET", "/again")
        try made.expect(get("/again"), onPeer: 0)
    }

    @Test func keepsOriginsApart() throws {
        let made = try PoolBench { $0.connectionsPerOrigin = 1 }
        let server = try ServerBench(.tcp)
        let other = HTTPOrigin(address: server.address, host: "b")
        let pool = made.pool!
        try made.send("GET", "/1")
        try made.expect(get("/1"), onPeer: 0)
        try made.send("GET", "/2", to: other)
        #expect(pool.connectionCount == 2 && pool.waitingCount == 0)
        // The same address under another name is another origin.
        try made.send("GET", "/3", to: HTTPOrigin(address: made.origin.address, host: "c"))
        try made.expect("GET /3 HTTP/1.1\r\nHost: c\r\n\r\n", onPeer: 1)
        #expect(pool.connectionCount == 3)
    }

    @Test func talksToAServer() throws {
        let server = try ServerBench()
        let pool = HTTPClientPool(loop: server.loop)
        let origin = HTTPOrigin(address: server.address, host: "localhost")
        var answers = 0
        for number in 0..<100 {
            let body = String(repeating: "b", count: number * 100)
            _ = body.withByteView { body in
                pool.send("POST", to: origin, "/x", body: body) { result in
                    if case .success(let response) = result, response.status == 200 { answers += 1 }
                }
            }
        }
        try server.bench.run { answers == 100 }
        #expect(pool.connectionCount == 8 && server.connectionCount == 8)
        #expect(server.requests.count == 100)
    }

    // MARK: Idle connections

    @Test func closesWhatIsIdleForLong() throws {
        let made = try PoolBench { $0.idleTimeout = .milliseconds(20) }
        for number in 0..<2 {
            try made.send("GET", "/\(number)")
            try made.expect(get("/\(number)"), onPeer: number)
        }
        made.peers[0].send(answer(""))
        _ = try made.next()
        try made.bench.run { made.peers[0].end == .orderly }
        #expect(made.pool!.connectionCount == 1, "the busy one stays")
        made.peers[1].send(answer(""))
        _ = try made.next()
        try made.bench.run { made.peers[1].end == .orderly }
        #expect(made.pool!.connectionCount == 0)
        try made.send("GET", "/new")
        try made.expect(get("/new"), onPeer: 2)
    }

    @Test func keepsNoMoreIdleOnesThanItMay() throws {
        let made = try PoolBench { $0.idleConnectionsPerOrigin = 1 }
        for number in 0..<3 {
            try made.send("GET", "/\(number)")
            try made.expect(get("/\(number)"), onPeer: number)
        }
        for number in 0..<3 {
            made.peers[number].send(answer(""))
            _ = try made.next()
        }
        try made.bench.settle()
        for peer in made.peers[1...] { try peer.waitForEnd() }
        #expect(made.pool!.connectionCount == 1)
        #expect(made.peers.map { $0.end == nil } == [true, false, false])
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    ])
    func doesNotKeepWhatTheServerCloses(response: String) throws {
        let made = try PoolBench()
        try made.send("GET", "/")
        try made.expect(get("/"), onPeer: 0)
        made.peers[0].send(response)
        #expect(try made.next() == ("/", .answer(200, "")))
        #expect(made.pool!.connectionCount == 0)
    }

    // MARK: Stale connections

    /// A pool whose one connection has served, and is then closed by the server behind the next request.
    private func stale(_ method: StaticString, reset: Bool, partial: String = "") throws -> PoolBench {
        let made = try PoolBench(.tcp)
        try made.send("GET", "/first")
        try made.expect(get("/first"), onPeer: 0)
        made.peers[0].send(answer(""))
        _ = try made.next()
        try made.send(method, "/second", body: "abc")
        try made.bench.run { made.peers[0].text.hasSuffix("abc") }
        made.peers[0].send(partial)
        if reset { made.peers[0].reset() } else { made.peers[0].close() }
        return made
    }

    @Test(arguments: [("GET" as StaticString), "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"], [false, true])
    func repeatsWhatDoesNoHarm(method: StaticString, reset: Bool) throws {
        let made = try stale(method, reset: reset)
        try made.expect(
            "\(method) /second HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", onPeer: 1)
        made.peers[1].send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        #expect(try made.next() == ("/second", .answer(200, "")))
        #expect(made.peers.count == 2)
    }

    @Test func repeatsOnceOnly() throws {
        let made = try stale("GET", reset: false)
        try made.bench.run { made.peers.count == 2 && made.peers[1].text.hasSuffix("abc") }
        made.peers[1].close()
        #expect(try made.next() == ("/second", .failure(.connectionLost(nil))))
        try made.bench.settle()
        #expect(made.peers.count == 2)
    }

    @Test(arguments: [("POST" as StaticString), "PATCH"])
    func doesNotRepeatWhatMayDoHarm(method: StaticString) throws {
        let made = try stale(method, reset: false)
        #expect(try made.next() == ("/second", .failure(.connectionLost(nil))))
        try made.bench.settle()
        #expect(made.peers.count == 1 && made.pool!.connectionCount == 0)
    }

    @Test func doesNotRepeatOnAFreshConnection() throws {
        let made = try PoolBench()
        try made.send("GET", "/")
        try made.expect(get("/"), onPeer: 0)
        made.peers[0].close()
        #expect(try made.next() == ("/", .failure(.connectionLost(nil))))
    }

    /// Closed while nobody asked: the next request does not notice.
    @Test func aConnectionClosedWhileIdleIsMadeAnew() throws {
        let made = try PoolBench()
        try made.send("GET", "/1")
        try made.expect(get("/1"), onPeer: 0)
        made.peers[0].send(answer(""))
        _ = try made.next()
        made.peers[0].close()
        try made.bench.settle()
        try made.send("POST", "/2")
        try made.expect(post("/2", ""), onPeer: 1)
    }

    @Test func saysThatNobodyIsThere() throws {
        let made = try PoolBench()
        made.stopListening()
        try made.send("GET", "/")
        #expect(made.outcomes.isEmpty, "not inside the call")
        #expect(try made.next() == ("/", .failure(.cannotConnect(.connectionRefused))))
        #expect(made.pool!.connectionCount == 0)
    }

    // MARK: Time and cancellation

    @Test func aTimeLimitCountsFromTheCall() throws {
        let made = try PoolBench { $0.connectionsPerOrigin = 1 }
        try made.send("GET", "/busy")
        try made.send("GET", "/waiting", timeout: .milliseconds(20))
        #expect(try made.next() == ("/waiting", .failure(.timedOut)))
        #expect(made.pool!.waitingCount == 0 && made.pool!.connectionCount == 1)
        made.peers[0].send(answer(""))
        #expect(try made.next() == ("/busy", .answer(200, "")))
        try made.send("GET", "/slow", timeout: .milliseconds(20))
        try made.send("GET", "/next")
        #expect(try made.next() == ("/slow", .failure(.timedOut)))
        try made.bench.run { made.peers[0].end != nil }
        try made.expect(get("/next"), onPeer: 1)
    }

    @Test func cancelsARequestUnderWayAndOneThatWaits() throws {
        let made = try PoolBench { $0.connectionsPerOrigin = 1 }
        let first = try made.send("GET", "/1")
        let second = try made.send("GET", "/2")
        try made.send("GET", "/3")
        try made.bench.run { made.peers.count == 1 }
        second.cancel()
        second.cancel()
        #expect(made.outcomes.isEmpty && !second.isUnderWay && first.isUnderWay)
        #expect(try made.next() == ("/2", .failure(.closed)))
        first.cancel()
        #expect(try made.next() == ("/1", .failure(.closed)))
        try made.bench.run { made.peers[0].end != nil }
        try made.expect(get("/3"), onPeer: 1)
        made.peers[1].send(answer("x"))
        #expect(try made.next() == ("/3", .answer(200, "x")))
        first.cancel()
        try made.bench.settle()
        #expect(made.outcomes.isEmpty)
    }

    @Test func aCompletionMaySendCancelAndClose() throws {
        let made = try PoolBench { $0.connectionsPerOrigin = 1 }
        var last: HTTPClientPool.Request?
        try made.send("GET", "/1") { [unowned made] in
            last?.cancel()
            _ = try? made.send("GET", "/3") { [unowned made] in made.pool!.close() }
        }
        last = try made.send("GET", "/2")
        try made.expect(get("/1"), onPeer: 0)
        made.peers[0].send(answer("1"))
        #expect(try made.next() == ("/1", .answer(200, "1")))
        #expect(try made.next() == ("/2", .failure(.closed)))
        try made.expect(get("/3"), onPeer: 1)
        made.peers[1].send(answer("3"))
        #expect(try made.next() == ("/3", .answer(200, "3")))
        #expect(made.pool!.connectionCount == 0)
        try made.send("GET", "/4")
        #expect(try made.next() == ("/4", .failure(.closed)))
    }

    @Test(arguments: [false, true])
    func closesEverything(byLettingGo: Bool) throws {
        let made = try PoolBench { $0.connectionsPerOrigin = 2 }
        for number in 0..<4 { try made.send("GET", "/\(number)", timeout: .seconds(60)) }
        try made.bench.run { made.peers.count == 2 }
        if byLettingGo { made.dropPool() } else { made.pool!.close() }
        #expect(made.outcomes.isEmpty)
        try made.bench.run { made.outcomes.count == 4 }
        #expect(made.outcomes.allSatisfy { $0.outcome == .failure(.closed) })
        try made.bench.run { made.peers.allSatisfy { $0.end != nil } }
    }

    @Test func aCompletionMayLetGoOfThePool() throws {
        let made = try PoolBench()
        try made.send("GET", "/") { [unowned made] in made.dropPool() }
        try made.expect(get("/"), onPeer: 0)
        made.peers[0].send(answer("x"))
        #expect(try made.next() == ("/", .answer(200, "x")))
        try made.bench.run { made.peers[0].end != nil }
    }
}
