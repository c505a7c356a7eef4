import CLinux
import ReactorHTTP
import Testing

/// Peers that ask for more than they may have.
@Suite struct HTTPServerLoadTests {
    @Test(arguments: Bench.Transport.allCases)
    func stopsServingAPeerThatDoesNotRead(transport: Bench.Transport) throws {
        let count = 20_000
        let served = try ServerBench(transport, kernelBuffers: 32_768)
        let page = [UInt8](repeating: 0x61, count: 4_096)
        served.onRequest = { request, responder in
            guard request.path == "/page" else { return false }
            page.withByteView { responder.respond(200, body: $0) }
            return true
        }
        let greedy = try served.connect(kernelBuffers: 32_768)
        greedy.isReading = false
        greedy.send(String(repeating: get("/page"), count: count))
        // TCP fills the last bit of a window when its timer fires, 200 ms later at the soonest.
        try served.bench.settle(for: .milliseconds(500))

        // Answers that were not read are in the buffers of the kernel and the server: bounded, and far from all.
        let answered = served.requests.count
        #expect(answered > 0 && answered < 200)
        #expect(!greedy.hasSentAll)
        #expect(greedy.sentCount < 400_000)

        // It sleeps meanwhile, and the others are served.
        #expect(try served.bench.run(for: .milliseconds(50)) < 5)
        let other = try served.connect()
        other.send(get("/other"))
        try served.bench.run { other.text == answer("GET /other") }
        #expect(served.requests.count == answered + 1)

        greedy.isReading = true
        let expected = count * answer(String(repeating: "a", count: 4_096)).utf8.count
        try served.bench.run { greedy.received.count >= expected }
        #expect(greedy.received.count == expected)
        #expect(served.requests.count == count + 1)
    }

    @Test func boundsWhatItReadsAheadOfAnAnswerThatComesLater() throws {
        let served = try ServerBench()
        let peer = try served.connect()
        peer.send(get("/later") + String(repeating: get("/"), count: 50_000))
        try served.bench.settle(for: .milliseconds(50))
        #expect(!peer.hasSentAll)
        #expect(try served.bench.run(for: .milliseconds(30)) < 5)
        served.held[0].respond(200, text: "now")
        try served.bench.run { served.requests.count == 50_001 && peer.hasSentAll }
        let expected = answer("now") + String(repeating: answer("GET /"), count: 50_000)
        try served.bench.run { peer.received.count >= expected.utf8.count }
        #expect(peer.text == expected)
    }

    @Test(arguments: Bench.Transport.allCases)
    func theLongestIdleGivesWayToANewcomer(transport: Bench.Transport) throws {
        let served = try ServerBench(transport) { $0.connections = 3 }
        served.onRequest = { request, responder in
            if request.path == "/keep" { responder.keepConnection() }
            return false
        }
        let peers = try (0..<3).map { _ in try served.connect() }
        for (peer, path) in zip(peers, ["/keep", "/1", "/2"]) {
            peer.send(get(path))
            try served.bench.run { peer.text == answer("GET \(path)") }
        }
        // Served last, so the other one has been idle for longest.
        peers[1].send(get("/again"))
        try served.bench.run { peers[1].text == answer("GET /1") + answer("GET /again") }

        let newcomer = try served.connect()
        newcomer.send(get("/new"))
        try served.bench.run { newcomer.text == answer("GET /new") }
        try served.bench.run { peers[2].end != nil }
        #expect(peers[0].end == nil && peers[1].end == nil)
        #expect(served.connectionCount == 3)

        // The one that is kept is never the victim, however many come.
        var others: [Peer] = []
        for round in 0..<10 {
            let other = try served.connect()
            others.append(other)
            other.send(get("/\(round)"))
            try served.bench.run { other.text == answer("GET /\(round)") }
        }
        peers[0].send(get("/still"))
        try served.bench.run { peers[0].text == answer("GET /keep") + answer("GET /still") }
        #expect(served.connectionCount == 3)
    }

    @Test func nobodyGivesWayBeforeItsFirstAnswer() throws {
        let served = try ServerBench(.tcp) { $0.connections = 2 }
        let silent = try served.connect()
        let slow = try served.connect()
        slow.send("GET /slow")
        try served.bench.run { served.connectionCount == 2 }
        let newcomer = try served.connect()
        newcomer.send(get("/new"))
        #expect(try served.bench.run(for: .milliseconds(30)) < 5)
        #expect(newcomer.text == "" && silent.end == nil)
        // An answer makes it idle, and lets the newcomer in.
        slow.send(" HTTP/1.1\r\nHost: a\r\n\r\n")
        try served.bench.run { newcomer.text == answer("GET /new") }
        #expect(slow.text == answer("GET /slow"))
        try served.bench.run { slow.end != nil }
        #expect(silent.end == nil)
    }

    @Test(arguments: Bench.Transport.allCases)
    func keepsConnectionsPastTheLimitWaiting(transport: Bench.Transport) throws {
        let served = try ServerBench(transport) { $0.connections = 2 }
        let peers = try (0..<4).map { _ in try served.connect() }
        // Nobody gives way while its answer is awaited.
        for (index, peer) in peers.enumerated() { peer.send(get(index < 2 ? "/later" : "/\(index)")) }
        try served.bench.run { served.held.count == 2 }
        #expect(try served.bench.run(for: .milliseconds(30)) < 5)
        #expect(served.connectionCount == 2)
        #expect(served.requests.count == 2)

        peers[0].close()
        try served.bench.run { peers[2].text == answer("GET /2") }
        #expect(served.connectionCount == 2)
        // The one that was answered gives way to the last.
        try served.bench.run { peers[3].text == answer("GET /3") }
        try served.bench.run { peers[2].end != nil }
        #expect(peers[1].end == nil)
        #expect(served.disconnectCount == 2)
    }

    @Test func acceptsFromSeveralListeners() throws {
        let served = try ServerBench(.tcp) { $0.connections = 1 }
        let second = try served.bench.listen(.unix)
        let address = try #require(try second.localAddress())
        try served.server!.serve(second)
        let first = try served.connect()
        first.send(get("/later"))
        try served.bench.run { served.held.count == 1 }
        let other = try served.bench.connect(address)
        other.send(get("/2"))
        try served.bench.run(for: .milliseconds(10))
        #expect(other.text == "")
        first.close()
        try served.bench.run { other.text == answer("GET /2") }
    }

    /// In a process of its own, since the limit of descriptors is the process's.
    @Test func goesOnServingWithoutDescriptors() async {
        await #expect(processExitsWith: .success) {
            let served = try ServerBench(.tcp)
            let first = try served.connect()
            let second = try served.connect()
            try served.bench.run { served.connectionCount == 2 }
            // Descriptors that the runtime opens at first use are open before the limit.
            first.send(get("/1"))
            try served.bench.run { first.take() == answer("GET /1") }

            var waiting = try (0..<2).map { _ in try served.connect() }
            // The lowest number that was free, so that all below are taken, but for what the runtime may close yet.
            let newest = try Socket.connect(to: served.address)
            let highest = rlim_t(newest.descriptor.rawValue)
            waiting.append(try Peer(newest, loop: served.loop))
            for peer in waiting { peer.send(get("/waiting")) }
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let usual = limit
            limit.rlim_cur = 0
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)

            // It tries again and again, at every 100 ms: no spinning, and no starving of those that were accepted.
            let start = Instant.now
            var rounds = 0
            try served.bench.run {
                rounds += 1
                return rounds > 8
            }
            #expect(.now - start >= .milliseconds(200))
            #expect(served.connectionCount == 2)
            first.send(get("/2"))
            try served.bench.run { first.text == answer("GET /2") }
            #expect(waiting.allSatisfy { $0.received.isEmpty })

            // The descriptor of one that closes goes to one that waits.
            limit.rlim_cur = highest
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            second.close()
            try served.bench.run { waiting.contains { $0.text == answer("GET /waiting") } }

            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), [usual])
            try served.bench.run { waiting.allSatisfy { $0.text == answer("GET /waiting") } }
            // Over TCP the end of the one that closed may come behind the requests of the others.
            try served.bench.run { served.connectionCount == 4 }
        }
    }
}
