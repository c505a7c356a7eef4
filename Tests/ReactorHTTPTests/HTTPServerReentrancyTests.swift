import ReactorHTTP
import TestSupport
import Testing

/// Everything of a caller's that the server calls, and in each of them all that ends the server. What goes wrong here
/// touches memory that is gone, which the address sanitizer sees.
@Suite struct HTTPServerReentrancyTests {
    /// The act of a caller's closure.
    enum Act: CaseIterable {
        case letsGo, closes, drains, drainsInTime, letsGoDraining
    }

    /// A server with routes, one of whose callers ends it once.
    final class Scene {
        let bench: Bench
        let address: SocketAddress
        let router = HTTPRouter()
        private(set) var server: HTTPServer?
        private(set) weak var lastSeen: HTTPServer?
        var peers: [Peer] = []
        /// Called by the server, to ask and to notify.
        var isWelcome: () -> Bool = { true }
        var onDisconnect: () -> Void = {}
        private(set) var disconnects: [ConnectionID: Int] = [:]
        private let wanted: Act
        private(set) var hasActed = false
        private var drainsBegun = 0
        private var drainsEnded = 0
        /// Requests that came after the end.
        private(set) var late = 0

        init(_ act: Act, limits: (inout HTTPServer.Limits) -> Void) throws {
            wanted = act
            bench = try Bench()
            var chosen = HTTPServer.Limits()
            limits(&chosen)
            let listener = try bench.listen(.unix)
            address = try #require(try listener.localAddress())
            let server = HTTPServer(loop: bench.loop, limits: chosen, router: router)
            server.onDisconnect = { [unowned self] id in
                disconnects[id, default: 0] += 1
                onDisconnect()
            }
            // A connection may finish its turn when the server is drained, or let go of, which ends it behind the turn.
            router.on("GET", "/ok") { [unowned self] _, responder in
                if hasActed, wanted == .closes { late += 1 }
                responder.respond(200)
            }
            router.on("GET", "/new") { [unowned self] _, responder in
                if hasActed { late += 1 }
                responder.respond(200)
            }
            try server.serve(listener) { [unowned self] _ in isWelcome() }
            self.server = server
            lastSeen = server
        }

        deinit {
            server?.onDisconnect = nil
            server?.close()
        }

        func act() {
            guard !hasActed else { return }
            hasActed = true
            switch wanted {
            case .letsGo: server = nil
            case .closes: server?.close()
            case .drains: drain { server?.drain($0) }
            case .drainsInTime:
                for _ in 0..<2 { drain { server?.drain(within: .milliseconds(1), $0) } }
            case .letsGoDraining:
                drain { server?.drain(within: .milliseconds(1), $0) }
                server = nil
            }
        }

        /// Drains by `call`, which gets the completion.
        func drain(_ call: (@escaping () -> Void) -> Void) {
            drainsBegun += 1
            call { [unowned self] in drainsEnded += 1 }
        }

        /// Connects and sends.
        @discardableResult
        func send(_ text: String) throws -> Peer {
            let peer = try bench.connect(address)
            peers.append(peer)
            peer.send(text)
            try bench.settle()
            return peer
        }

        /// The state in the end, the same for every act and place.
        func expectTheEnd(_ place: String) throws {
            #expect(hasActed, "\(place): nothing was called")
            try bench.settle()
            try retry(until: Errno.connectionRefused) { _ = try send(get("/new")) }
            for peer in peers { peer.close() }
            try bench.run("the end of every connection") { lastSeen?.connectionCount ?? 0 == 0 }
            try bench.run("the end of every drain") { drainsEnded >= drainsBegun }
            // Timers that are armed have their turn.
            try bench.run(for: .milliseconds(3))
            #expect(drainsEnded == drainsBegun, "\(place)")
            #expect(disconnects.values.allSatisfy { $0 == 1 }, "\(place)")
            #expect(late == 0, "\(place): served after the end")
            #expect((lastSeen == nil) == (server == nil), "\(place): kept")
        }
    }

    /// A closure of a caller's, and how it comes to be called.
    struct Place: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var limits: @Sendable (inout HTTPServer.Limits) -> Void = { _ in }
        let play: @Sendable (Scene) throws -> Void

        init(
            _ name: String, limits: @escaping @Sendable (inout HTTPServer.Limits) -> Void = { _ in },
            _ play: @escaping @Sendable (Scene) throws -> Void
        ) {
            testDescription = name
            self.limits = limits
            self.play = play
        }
    }

    private static let upload = "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc"

    /// An upload whose body's end acts; `behind` the head and its first bytes comes what ends it.
    private static func bodyEnd(
        _ name: String, limits: @escaping @Sendable (inout HTTPServer.Limits) -> Void = { _ in }, _ begin: String,
        then: @escaping @Sendable (Scene, Peer, HTTPResponder) throws -> Void
    ) -> Place {
        Place("onEnd: \(name)", limits: limits) { scene in
            var kept: HTTPResponder?
            scene.router.stream("POST", "/upload", limit: 6) { [unowned scene] _, body, responder in
                kept = responder
                body.onEnd = { _ in scene.act() }
            }
            let peer = try scene.send(begin)
            let responder = try #require(kept)
            kept = nil
            try then(scene, peer, responder)
        }
    }

    /// A stream of answers that the test has and a handler opens.
    private static func stream(
        _ name: String, limits: @escaping @Sendable (inout HTTPServer.Limits) -> Void = { _ in },
        _ play: @escaping @Sendable (Scene, Peer, HTTPResponseStream) throws -> Void
    ) -> Place {
        Place("a stream's \(name)", limits: limits) { scene in
            var opened: HTTPResponseStream?
            scene.router.on("GET", "/stream") { _, responder in opened = responder.stream(200, unsentLimit: 100_000) }
            let peer = try scene.send(get("/stream"))
            try play(scene, peer, try #require(opened))
        }
    }

    /// A request that the test answers.
    private static func later(_ name: String, _ play: @escaping @Sendable (Scene, HTTPResponder) throws -> Void)
        -> Place
    {
        Place(name) { scene in
            var kept: HTTPResponder?
            scene.router.on("GET", "/later") { _, responder in kept = responder }
            try scene.send(get("/later") + get("/ok"))
            let responder = try #require(kept)
            // Only the server's caller keeps it.
            kept = nil
            try play(scene, responder)
        }
    }

    static let places: [Place] = [
        Place("a handler") { scene in
            scene.router.on("GET", "/") { [unowned scene] request, responder in
                scene.act()
                #expect(request.path == "/")
                responder.respond(200, body: request.request.target)
            }
            try scene.send(get("/") + get("/ok"))
        },
        Place("a handler that has answered") { scene in
            scene.router.on("GET", "/") { [unowned scene] request, responder in
                responder.respond(200, body: request.request.target)
                responder.flush()
                scene.act()
                #expect(request.path == "/")
            }
            try scene.send(get("/"))
        },
        Place("the handler of what has no route") { scene in
            scene.router.otherwise { [unowned scene] _, responder in
                scene.act()
                responder.respond(404)
            }
            try scene.send(get("/nowhere") + get("/ok"))
        },
        Place("an answer's fields, in the handler") { scene in
            scene.router.on("GET", "/") { [unowned scene] _, responder in
                responder.respond(200, body: "a") { fields in
                    scene.act()
                    fields.appendField("X", "y")
                }
            }
            try scene.send(get("/") + get("/ok"))
        },
        later("an answer's fields, later") { scene, responder in
            responder.respond(200, body: "a") { fields in
                scene.act()
                fields.appendField("X", "y")
            }
        },
        Place("a stream's fields, in the handler") { scene in
            scene.router.on("GET", "/") { [unowned scene] _, responder in
                let stream = responder.stream(200) { _ in scene.act() }
                _ = stream.write("abc")
                stream.finish()
            }
            try scene.send(get("/") + get("/ok"))
        },
        later("a stream's fields, later") { scene, responder in
            let stream = responder.stream(200) { _ in scene.act() }
            _ = stream.write("abc")
            stream.finish()
        },
        Place("a stream's trailers, in the handler") { scene in
            scene.router.on("GET", "/") { [unowned scene] _, responder in
                let stream = responder.stream(200)
                _ = stream.write("abc")
                stream.finish { _ in scene.act() }
            }
            try scene.send(get("/") + get("/ok"))
        },
        stream("trailers, later") { scene, _, stream in stream.finish { _ in scene.act() } },
        stream("onWritable") { scene, peer, stream in
            peer.isReading = false
            stream.onWritable = { [unowned scene] in scene.act() }
            let bytes = [UInt8](repeating: 0x61, count: 4 << 20)
            #expect(bytes.withByteView { stream.write($0) } < bytes.count)
            peer.isReading = true
            try scene.bench.run { scene.hasActed }
        },
        stream("onLoss") { scene, peer, stream in
            stream.onLoss = { [unowned scene] in scene.act() }
            peer.close()
            try scene.bench.run { scene.hasActed }
            #expect(stream.write("abc") == 0)
        },
        Place("a streaming route's handler") { scene in
            scene.router.stream("POST", "/upload") { [unowned scene] request, body, _ in
                scene.act()
                #expect(request.request.path == "/upload" && body.announcedCount == 6)
            }
            try scene.send(upload + "def" + get("/ok"))
        },
        Place("onPiece") { scene in
            scene.router.stream("POST", "/upload") { [unowned scene] _, body, responder in
                body.onPiece = { piece in
                    scene.act()
                    #expect(piece == "abc" || piece == "def")
                }
                body.onEnd = { _ in responder.respond(200) }
            }
            try scene.send(upload).send("def" + get("/ok"))
        },
        bodyEnd("complete", upload + "def" + get("/ok")) { _, _, _ in },
        bodyEnd("complete, in chunks", chunkedPost("/upload", ["abc"], trailers: "T: 1\r\n") + get("/ok")) { _, _, _ in
        },
        bodyEnd("the peer has gone", upload) { scene, peer, _ in
            peer.close()
            try scene.bench.run { scene.hasActed }
        },
        bodyEnd("too large", chunkedPost("/upload", ["abcdefg"])) { _, _, _ in },
        bodyEnd("malformed", chunkedPost("/upload", ["abc"]).replacing("3\r\n", with: "x\r\n")) { _, _, _ in },
        bodyEnd("too late", limits: { $0.bodyTimeout = .milliseconds(1) }, upload) { scene, _, _ in
            try scene.bench.run { scene.hasActed }
        },
        bodyEnd("too late for the body of an answered request", limits: { $0.bodyTimeout = .milliseconds(1) }, upload) {
            scene, _, responder in
            let stream = responder.stream(200)
            try scene.bench.run { scene.hasActed }
            #expect(!stream.isOpen || scene.server != nil)
        },
        bodyEnd("answered before", upload) { scene, _, responder in
            responder.respond(200)
            try scene.bench.run { scene.hasActed }
        },
        Place("onDisconnect: the peer has gone") { scene in
            scene.onDisconnect = { [unowned scene] in scene.act() }
            let peer = try scene.send(get("/ok"))
            try scene.send(get("/ok"))
            peer.close()
            try scene.bench.run { scene.hasActed }
        },
        Place("onDisconnect: one that gives way", limits: { $0.connections = 2 }) { scene in
            for _ in 0..<2 { try scene.send(get("/ok")) }
            scene.onDisconnect = { [unowned scene] in scene.act() }
            try scene.send(get("/new"))
        },
        Place("onDisconnect: no head in time", limits: { $0.headTimeout = .milliseconds(1) }) { scene in
            scene.onDisconnect = { [unowned scene] in scene.act() }
            try scene.send("")
            try scene.bench.run { scene.hasActed }
        },
        Place("onDisconnect: an answer is not taken", limits: { $0.writeTimeout = .milliseconds(1) }) { scene in
            scene.onDisconnect = { [unowned scene] in scene.act() }
            let bytes = [UInt8](repeating: 0x61, count: 4 << 20)
            scene.router.on("GET", "/large") { _, responder in bytes.withByteView { responder.respond(200, body: $0) } }
            try scene.send("").isReading = false
            scene.peers[0].send(get("/large"))
            try scene.bench.run { scene.hasActed }
        },
        Place("onDisconnect: the server is closed") { scene in
            for _ in 0..<3 { try scene.send(get("/ok")) }
            scene.onDisconnect = { [unowned scene] in scene.act() }
            scene.server?.close()
        },
        Place("onDisconnect: the server is drained") { scene in
            for _ in 0..<3 { try scene.send(get("/ok")) }
            scene.onDisconnect = { [unowned scene] in scene.act() }
            scene.drain { scene.server?.drain($0) }
        },
        later("onDisconnect: a request is not answered") { scene, responder in
            scene.onDisconnect = { [unowned scene] in scene.act() }
            responder.abort()
        },
        later("onDisconnect: the peer has gone before its answer") { scene, responder in
            scene.onDisconnect = { [unowned scene] in scene.act() }
            scene.peers[0].close()
            responder.respond(200)
            try scene.bench.run { scene.hasActed }
        },
        stream("onDisconnect: aborted") { scene, _, stream in
            scene.onDisconnect = { [unowned scene] in scene.act() }
            stream.abort()
        },
        stream("onDisconnect: written to a peer that has gone") { scene, peer, stream in
            scene.onDisconnect = { [unowned scene] in scene.act() }
            peer.close()
            _ = stream.write("abc")
            try scene.bench.run { scene.hasActed }
        },
        Place("admitting") { scene in
            scene.isWelcome = { [unowned scene] in
                scene.act()
                return true
            }
            for _ in 0..<3 { scene.peers.append(try scene.bench.connect(scene.address)) }
            for peer in scene.peers { peer.send(get("/new")) }
            try scene.bench.settle()
        },
        Place("admitting, in front of one that gives way", limits: { $0.connections = 1 }) { scene in
            try scene.send(get("/ok"))
            scene.isWelcome = { [unowned scene] in
                scene.act()
                return true
            }
            try scene.send(get("/new"))
        },
        Place("a drain's completion, at once") { scene in
            scene.drain { done in
                scene.server?.drain { [unowned scene] in
                    done()
                    scene.act()
                }
            }
        },
        later("a drain's completion, later") { scene, responder in
            scene.drain { done in
                scene.server?.drain { [unowned scene] in
                    done()
                    scene.act()
                }
            }
            scene.drain { scene.server?.drain($0) }
            responder.respond(200)
            scene.peers[0].close()
            try scene.bench.run { scene.hasActed }
        },
        Place("a drain's completion, when its time is over") { scene in
            scene.router.on("GET", "/later") { _, responder in }
            try scene.send(get("/later"))
            for _ in 0..<2 {
                scene.drain { done in
                    scene.server?.drain(within: .milliseconds(1)) { [unowned scene] in
                        done()
                        scene.act()
                    }
                }
            }
            try scene.bench.run { scene.hasActed }
        },
        Place("a timer") { scene in
            try scene.send(get("/ok"))
            scene.bench.loop.makeTimer { [unowned scene] in scene.act() }.arm(after: .zero)
            try scene.bench.run { scene.hasActed }
        },
        Place("enqueued work") { scene in
            try scene.send(get("/ok"))
            scene.bench.loop.enqueue { [unowned scene] in scene.act() }
            try scene.bench.run { scene.hasActed }
        },
    ]

    @Test(arguments: places, Act.allCases)
    func mayEndTheServer(_ place: Place, _ act: Act) throws {
        let scene = try Scene(act, limits: place.limits)
        try place.play(scene)
        try scene.expectTheEnd(place.testDescription)
    }

    /// A body that is paused is let go of with its server; its consumer does not know yet.
    @Test func aPausedBodyMayBeResumedWhenTheServerHasGone() throws {
        let scene = try Scene(.letsGo) { _ in }
        var bodies: [HTTPRequestBody] = []
        var ends = 0
        scene.router.stream("POST", "/upload") { _, body, _ in
            body.pause()
            body.onEnd = { _ in ends += 1 }
            bodies.append(body)
        }
        try scene.send(Self.upload)
        scene.act()
        bodies[0].resume()
        try scene.bench.run { ends == 1 }
        try scene.expectTheEnd("resume()")
    }
}
