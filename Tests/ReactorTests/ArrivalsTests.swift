import Reactor
import Testing

/// Tests arrivals: reported when they come, and again only to a handler that has not read everything.
@Suite struct ArrivalsTests {
    /// One end of a socket pair on a loop, whose handler reads so many bytes at a time and says whether it is drained.
    private final class Reader {
        let loop: EventLoop
        let own: End
        let peer: End
        /// Bytes read at a time; none for a handler that does not read.
        var bite = 64
        /// The report to the loop; nil for the truth.
        var claim: Bool?
        var stops = false
        private(set) var token: Token?
        private(set) var heard: [String?] = []

        init(_ loop: EventLoop) throws {
            self.loop = loop
            (own, peer) = try End.socketPair()
            token = try loop.registerReader(own.descriptor, for: .arrivals) { [unowned self] event in
                #expect(event.isReadable)
                let text = bite > 0 ? try? own.receive(bite) : nil
                heard.append(text)
                if stops { loop.stop() }
                return claim ?? (text.map { $0.utf8.count < bite } ?? false) ? .drained : .mayHaveMore
            }
        }

        deinit { if let token { loop.deregister(token) } }
    }

    @Test func areToldOnceToAHandlerThatHasReadThem() throws {
        let loop = try EventLoop()
        let reader = try Reader(loop)
        try reader.peer.send("one")
        #expect(try loop.round() == 1)
        #expect(try loop.poll() == 0)
        try reader.peer.send("two")
        try reader.peer.send("three")
        #expect(try loop.round() == 1)
        #expect(try loop.poll() == 0)
        #expect(reader.heard == ["one", "twothree"])
    }

    /// An event reported once is reported once: the proof that the kernel is not asked needlessly.
    @Test func areToldOnceToAHandlerThatOnlySaysSo() throws {
        let loop = try EventLoop()
        let reader = try Reader(loop)
        (reader.bite, reader.claim) = (0, true)
        try reader.peer.send("one")
        #expect(try loop.round() == 1)
        for _ in 0..<3 { #expect(try loop.poll() == 0) }
        (reader.bite, reader.claim) = (64, nil)
        try reader.peer.send("two")
        #expect(try loop.round() == 1)
        #expect(reader.heard == [nil, "onetwo"])
    }

    @Test func areToldAgainUntilEverythingWasRead() throws {
        let loop = try EventLoop()
        let reader = try Reader(loop)
        reader.bite = 2
        try reader.peer.send("12345")
        for _ in 0..<3 { #expect(try loop.round() == 1) }
        #expect(try loop.poll() == 0)
        reader.bite = 0
        try reader.peer.send("6")
        for _ in 0..<5 { #expect(try loop.round() == 1) }
        #expect(reader.heard.prefix(3) == ["12", "34", "5"])
    }

    /// The last bytes and the end come in one event, of which a read takes the bytes only.
    @Test func theEndBehindTheLastBytesIsToldToo() throws {
        let loop = try EventLoop()
        let reader = try Reader(loop)
        try reader.peer.send("last")
        reader.peer.close()
        #expect(try loop.round() == 1)
        #expect(try loop.round() == 1)
        #expect(reader.heard == ["last", ""])
    }

    @Test func theEndIsToldWhenItComesLater() throws {
        let loop = try EventLoop()
        let reader = try Reader(loop)
        try reader.peer.send("last")
        #expect(try loop.round() == 1)
        #expect(try loop.poll() == 0)
        reader.peer.close()
        #expect(try loop.round() == 1)
        #expect(reader.heard == ["last", ""])
    }

    @Test func whoAsksForThemIsToldOfWhatIsThere() throws {
        let loop = try EventLoop()
        let reader = try Reader(loop)
        let token = try #require(reader.token)
        (reader.bite, reader.claim) = (0, true)
        try reader.peer.send("one")
        #expect(try loop.round() == 1)
        try loop.reregister(token, for: .none)
        #expect(try loop.poll() == 0)
        try loop.reregister(token, for: .arrivals)
        #expect(try loop.round() == 1)
    }

    /// Each is reported once; a run that ends in between keeps the others for the next.
    @Test func noneIsLostWhenTheLoopStops() throws {
        let loop = try EventLoop()
        let readers = try (0..<5).map { _ in try Reader(loop) }
        for reader in readers {
            reader.stops = true
            try reader.peer.send("x")
        }
        for runs in 1...5 {
            try loop.run()
            #expect(readers.count { $0.heard == ["x"] } == runs)
        }
        #expect(try loop.poll() == 0)
    }
}
