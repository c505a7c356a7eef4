import Foundation
import LambdaExtension
import Testing

/// Peers that mean harm, beside a function with a session and an invocation that is held. Whatever they do, the hold is
/// theirs not to end, and the function is served.
@Suite struct HostileInputTests {
    /// Bytes that a lenient server would take for two requests, of which the second ends the hold.
    static let smuggled: [(name: String, request: String)] = {
        let release = done("held") + done()
        let post = "POST /x HTTP/1.1\r\nHost: a\r\n"
        let chunked = "Transfer-Encoding: chunked\r\n\r\n"
        return [
            ("length and chunks", post + "Content-Length: 4\r\n" + chunked + "0\r\n\r\n" + release),
            ("chunks and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + release),
            ("two lengths", post + "Content-Length: 0\r\nContent-Length: 300\r\n\r\n" + release),
            ("a list of lengths", post + "Content-Length: 0, 300\r\n\r\n" + release),
            ("a signed length", post + "Content-Length: +0\r\n\r\n" + release),
            ("a length in hex", post + "Content-Length: 0x0\r\n\r\n" + release),
            ("a length past 64 bits", post + "Content-Length: 18446744073709551616\r\n\r\n" + release),
            ("a coding of another name", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + release),
            ("an identity coding", post + "Transfer-Encoding: identity\r\n\r\n" + release),
            ("chunks twice", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" + release),
            (
                "two coding fields",
                post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n" + release
            ),
            ("a coding with a tab", post + "Transfer-Encoding:\tchunked;x\r\n\r\n0\r\n\r\n" + release),
            ("a blank before the colon", post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + release),
            ("a folded line", post + "X: a\r\n Transfer-Encoding: chunked\r\n\r\n" + release),
            ("a blank before the first field", "POST /x HTTP/1.1\r\n Host: a\r\n\r\n" + release),
            ("bare line feeds", "POST /x HTTP/1.1\nHost: a\nContent-Length: 0\n\n" + release),
            ("a bare carriage return", post + "X: a\rContent-Length: 300\r\n\r\n" + release),
            ("a NUL in a field", post + "X: a\0b\r\n\r\n" + release),
            ("a chunk size past 64 bits", post + chunked + "10000000000000000\r\n" + release),
            ("a chunk size with a sign", post + chunked + "-1\r\n" + release),
            ("a chunk size with 0x", post + chunked + "0x0\r\n\r\n" + release),
            ("a chunk line with a bare line feed", post + chunked + "0\n\n" + release),
            ("a chunk of another length", post + chunked + "1\r\nab\r\n0\r\n\r\n" + release),
            ("two hosts", "POST /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + release),
            ("a target with a blank", "POST /x y HTTP/1.1\r\nHost: a\r\n\r\n" + release),
            ("chunks to HTTP/1.0", "POST /x HTTP/1.0\r\nHost: a\r\n" + chunked + "0\r\n\r\n" + release),
        ]
    }()

    /// A stranger knows the id here, which nobody else should: so it is the framing alone that protects the hold.
    @Test(arguments: 0..<smuggled.count, [1, 7, Int.max])
    func nothingIsSmuggled(_ index: Int, _ piece: Int) throws {
        let (name, request) = Self.smuggled[index]
        let stage = try Stage()
        let stranger = try stage.scene.connect(toleratesFailure: true)
        let bytes = Array(request)
        for start in stride(from: 0, to: bytes.count, by: min(piece, bytes.count)) {
            stranger.send(String(bytes[start..<min(bytes.count, start + min(piece, bytes.count))]))
            if piece < 100, start % 16 < piece { _ = try stage.scene.status() }
            if stranger.isClosed { break }
        }
        try stage.scene.wait(for: "the refusal of \(name)") { !stranger.answers.isEmpty || stranger.isClosed }
        try stage.scene.wait(for: "its end") { stranger.isClosed }
        #expect(stranger.answers.count == 1, "\(name)")
        #expect(stranger.answers.allSatisfy { [400, 501].contains($0.status) }, "\(name): \(stranger.answers)")
        try stage.expectService()
    }

    @Test(arguments: [
        ("a target", 414, "GET /\(String(repeating: "a", count: 100_000)) HTTP/1.1\r\n"),
        ("a field", 431, "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 100_000))\r\n"),
        ("fields", 431, "GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X: a\r\n", count: 1_000))"),
        ("a body", 413, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n"),
        (
            "chunks", 413,
            "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + String(repeating: "800\r\n\(String(repeating: "a", count: 0x800))\r\n", count: 10)
        ),
        (
            "a chunk's extension", 400,
            "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;\(String(repeating: "a", count: 100_000))"
        ),
        (
            "trailers", 431,
            "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: \(String(repeating: "a", count: 100_000))"
        ),
    ])
    func whatIsTooLargeIsRefused(_ name: String, _ status: Int, _ request: String) throws {
        let stage = try Stage()
        let stranger = try stage.scene.connect(toleratesFailure: true)
        stranger.send(request)
        try stage.scene.wait(for: "the refusal of \(name)") { !stranger.answers.isEmpty || stranger.isClosed }
        #expect(stranger.answers.map(\.status) == [status])
        try stage.expectService()
        try stage.expectMemory()
    }

    @Test func idlePeersKeepNobodyOut() throws {
        let stage = try Stage()
        for _ in 0..<200 { #expect(try stage.scene.ask(try stage.scene.connect(), check()).status == 200) }
        let page = try stage.scene.ask(try stage.scene.connect(), request("GET /status")).body
        #expect(page.contains(#""connections":64,"#))
        try stage.expectService()
    }

    /// Neither those that say nothing nor those that say half of a thing.
    @Test(arguments: ["", "POST /done HTTP/1.1\r\nHo", "POST /done HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab"])
    func slowPeersKeepNobodyOutForLong(_ beginning: String) throws {
        let stage = try Stage()
        let slow = try (0..<150).map { _ in try stage.scene.connect(toleratesFailure: true) }
        for peer in slow { peer.send(beginning) }
        try stage.scene.wait(for: "their connections") { slow.allSatisfy { $0.isConnected } }
        // The function is served meanwhile, and a newcomer gets in once the slow ones have had their time.
        try stage.expectSessionIsServed()
        #expect(try stage.scene.ask(try stage.scene.connect(), check()).status == 200)
        try stage.expectService()
        try stage.expectMemory()
    }

    @Test func aThousandConnectionsAreTooManyForNobody() throws {
        let stage = try Stage()
        let crowd = try (0..<1_000).compactMap { number -> Function? in
            let peer = try? stage.scene.connect(toleratesFailure: true)
            peer?.send(number % 2 == 0 ? done("guess-\(number)") : done())
            if number % 100 == 0 { try stage.expectSessionIsServed() }
            return peer
        }
        try stage.scene.wait(for: "answers to most of them") {
            crowd.count { !$0.answers.isEmpty || $0.isClosed } > crowd.count / 2
        }
        for peer in crowd { #expect(peer.answers.allSatisfy { $0.status == 200 || $0.status == 403 }) }
        try stage.expectMemory()
        try stage.expectRest()
        for peer in crowd { peer.close() }
        try stage.expectService()
    }

    @Test func aReaderThatNeverReadsIsNotServedFurther() throws {
        let stage = try Stage()
        var greedy: [SilentPeer] = []
        for _ in 0..<20 { greedy.append(try SilentPeer(stage.scene.address)) }
        for _ in 0..<200 {
            for peer in greedy { peer.push(request("GET /status")) }
            try stage.expectSessionIsServed()
        }
        try stage.expectMemory()
        try stage.expectRest()
        greedy = []
        try stage.expectService()
    }

    /// A peer that ends its direction has its answer, and costs nothing then.
    @Test func halfClosedPeersAreAnswered() throws {
        let stage = try Stage()
        for _ in 0..<100 {
            let peer = try SilentPeer(stage.scene.address)
            peer.push(request("GET /nothing"))
            peer.end()
            #expect(try peer.readToEnd(on: stage.scene).hasPrefix("HTTP/1.1 404 "))
        }
        #expect(try stage.scene.status().connections == 2)
        try stage.expectService()
    }

    /// The limit of descriptors is lowered step by step to what is open, and below.
    @Test func descriptorsMayRunOut() throws {
        let stage = try Stage()
        _ = try stage.scene.status()
        for limit in stride(from: 24, through: 3, by: -1) {
            try stage.scene.process.limitDescriptors(limit)
            let strangers = try (0..<4).map { _ in try stage.scene.connect(toleratesFailure: true) }
            for stranger in strangers { stranger.send(done()) }
            try stage.expectSessionIsServed()
            // Somebody waits to be let in, and nobody can be.
            if limit == 3 { try stage.expectRest() }
            for stranger in strangers { stranger.close() }
        }
        try stage.scene.process.limitDescriptors(1_024)
        try stage.expectService()
    }

    /// It cannot start without descriptors, and says so with a documented code, or goes without what it lacks.
    @Test(arguments: 0...12)
    func descriptorsMayBeMissingAtTheStart(_ limit: Int) throws {
        guard Binary.runner.isEmpty, !Binary.isSanitized else { return }
        let scene = try Scene(command: ["sh", "-c", "ulimit -n \(limit); exec \"$0\""] + Binary.command)
        var hasShutDown = false
        try scene.wait(for: "the end", every: .milliseconds(2)) {
            if scene.lambda.isWaiting, !hasShutDown {
                hasShutDown = true
                try scene.lambda.shutDown()
            }
            return scene.process.hasEnded()
        }
        let end = try #require(scene.process.end)
        // A dynamic executable cannot load its libraries below four; that is the loader's end.
        let expected: [ExtensionProcess.End] = [.exit(0), .exit(1)] + (limit < 5 ? [.exit(127), .exit(126)] : [])
        #expect(expected.contains(end), "\(end): \(scene.process.standardError)")
    }

    @Test(.enabled(if: geteuid() == 0, "not root: there is no other user to be"))
    func otherUsersAreNotServedOverUnixSockets() throws {
        let name = "postinvoke-test-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        let scene = try Scene.polling(alsoAt: "unix:@\(name)")
        let script = """
            import os, socket, sys
            os.setuid(int(sys.argv[1]))
            s = socket.socket(socket.AF_UNIX)
            s.connect("\\0\(name)")
            try:
                s.sendall(b"GET /check HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
                print(len(s.recv(50)))
            except OSError:
                print(0)
            """
        for (user, isServed) in [("65534", false), ("0", true)] {
            let stranger = try Companion(["python3", "-c", script, user])
            try scene.wait(for: "user \(user)", every: .milliseconds(2)) { stranger.output.hasSuffix("\n") }
            #expect(stranger.output == (isServed ? "50\n" : "0\n"), "user \(user)")
        }
    }

    /// A function with a session, and the invocation that it is busy with.
    private final class Stage {
        let scene: Scene
        let function: Function
        private let memory: Int

        init() throws {
            (scene, function) = try Scene.holding("held")
            memory = try #require(scene.process.residentMemory)
        }

        func expectSessionIsServed(sourceLocation: SourceLocation = #_sourceLocation) throws {
            #expect(try scene.ask(function, done("another")).status == 200, sourceLocation: sourceLocation)
        }

        /// The hold has lasted until now, and ends when the function says so.
        func expectService(sourceLocation: SourceLocation = #_sourceLocation) throws {
            try expectSessionIsServed(sourceLocation: sourceLocation)
            #expect(scene.lambda.nextCount == 1, "somebody ended the hold", sourceLocation: sourceLocation)
            #expect(try scene.ask(function, done("held")).status == 200, sourceLocation: sourceLocation)
            try scene.expectNext(2, sourceLocation: sourceLocation)
        }

        /// Once what is under way is done, little is: a process that spins would use all of the time for ever.
        func expectRest(sourceLocation: SourceLocation = #_sourceLocation) throws {
            let deadline = Instant.now + .seconds(20)
            while true {
                let before = try #require(scene.process.processorTime)
                let until = Instant.now + .milliseconds(300)
                while Instant.now < until { try scene.loop.runOnce(until: until) }
                let used = try #require(scene.process.processorTime) - before
                if used <= 10 { return }
                guard Instant.now < deadline else {
                    Issue.record(
                        "used \(used) ticks in 30 while there was nothing to do", sourceLocation: sourceLocation)
                    return
                }
            }
        }

        /// 64 connections with a head and a body each are 1.6 MB; allocators add theirs.
        func expectMemory(sourceLocation: SourceLocation = #_sourceLocation) throws {
            guard !Binary.isSanitized else { return }
            let now = try #require(scene.process.residentMemory)
            #expect(now - memory < 6_144, "\(memory) KiB have become \(now)", sourceLocation: sourceLocation)
        }
    }

    /// A peer that writes and never reads.
    private final class SilentPeer {
        private let socket: Socket

        init(_ address: SocketAddress) throws {
            socket = try Socket.connect(to: address)
            var connected = pollfd(fd: socket.descriptor.rawValue, events: Int16(POLLOUT), revents: 0)
            while poll(&connected, 1, -1) < 0, errno == EINTR {}
        }

        /// Sends what the kernel takes.
        func push(_ text: String) { _ = text.withByteView { try? socket.write($0) } }

        func end() { try? socket.shutdownWriting() }

        func readToEnd(on scene: Scene) throws -> String {
            var bytes = Buffer()
            try scene.wait(for: "the end", every: .milliseconds(1)) {
                while true {
                    switch try socket.read(into: bytes.reserve(4_096)) {
                    case .bytes(let count): bytes.commit(count)
                    case .wouldBlock: return false
                    case .endOfStream: return true
                    }
                }
            }
            return bytes.readable.string
        }
    }
}
