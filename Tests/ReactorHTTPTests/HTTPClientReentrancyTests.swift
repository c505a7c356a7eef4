import ReactorHTTP
import TestSupport
import Testing

/// Everything of a caller's that a client or a pool calls, and in each of them all that ends it.
@Suite struct HTTPClientReentrancyTests {
    /// The act of a caller's closure.
    enum Act: CaseIterable {
        case letsGo, closes, closesAndSends
    }

    /// A client, or a pool, one of whose callers ends it once; its requests go to a bare peer.
    final class Scene {
        let made: ClientBench
        private(set) var client: HTTPClient?
        private(set) var pool: HTTPClientPool?
        private weak var lastClient: HTTPClient?
        private weak var lastPool: HTTPClientPool?
        private let wanted: Act
        private(set) var hasActed = false
        private var sent = 0
        private(set) var outcomes = 0

        init(_ act: Act, isPool: Bool) throws {
            wanted = act
            made = try ClientBench()
            made.dropClient()
            if isPool {
                var limits = HTTPClientPool.Limits()
                limits.connectionsPerOrigin = 1
                pool = HTTPClientPool(loop: made.bench.loop, limits: limits)
            } else {
                client = HTTPClient(loop: made.bench.loop, address: made.address, host: "a")
            }
            lastClient = client
            lastPool = pool
        }

        func act() {
            guard !hasActed else { return }
            hasActed = true
            if wanted == .letsGo {
                client = nil
                pool = nil
                return
            }
            client?.close()
            pool?.close()
            if wanted == .closesAndSends { send() }
        }

        /// Sends a request, with a closure for each thing that is called.
        func send(
            timeout: Duration? = nil, fields: (inout Buffer) -> Void = { _ in }, then next: @escaping () -> Void = {}
        ) {
            guard client != nil || pool != nil else { return }
            sent += 1
            let completion: HTTPClient.Completion = { [unowned self] result in
                outcomes += 1
                next()
                // The answer is looked at after the end.
                if case .success(let response) = result { #expect(response.body == "answer" && response.status == 200) }
            }
            if let pool {
                pool.send(
                    "GET", to: HTTPOrigin(address: made.address, host: "a"), "/", timeout: timeout, fields: fields,
                    completion: completion)
            } else {
                client?.send("GET", "/", timeout: timeout, fields: fields, completion: completion)
            }
        }

        func open(fields: (inout Buffer) -> Void = { _ in }) throws -> HTTPClient.BodyStream {
            sent += 1
            return try #require(client).openStream("POST", "/", fields: fields) { [unowned self] _ in outcomes += 1 }
        }

        /// Answers the first request that comes.
        func answerOne() throws {
            try made.bench.run { made.peers.last?.text.hasSuffix("\r\n\r\n") == true }
            made.peer.send(answer("answer"))
        }

        func expectTheEnd(_ place: String) throws {
            try made.bench.run("every outcome") { hasActed && outcomes >= sent }
            try made.bench.run(for: .milliseconds(3))
            #expect(outcomes == sent, "\(place)")
            #expect((lastClient == nil) == (client == nil) && (lastPool == nil) == (pool == nil), "\(place): kept")
            for peer in made.peers { try peer.waitForEnd() }
        }
    }

    /// A closure of a caller's, and how it comes to be called.
    struct Place: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var isOfPools = true
        /// True if the closure may use the client; one that appends to the client's own buffer may only end it.
        var maySend = true
        let play: @Sendable (Scene) throws -> Void
    }

    static let places: [Place] = [
        Place(testDescription: "a completion, with an answer") { scene in
            scene.send(then: { [unowned scene] in scene.act() })
            scene.send()
            try scene.answerOne()
        },
        Place(testDescription: "a completion, with a lost connection") { scene in
            scene.send(then: { [unowned scene] in scene.act() })
            scene.send()
            try scene.made.bench.run { scene.made.peers.count == 1 }
            scene.made.peer.finishSending()
        },
        Place(testDescription: "a completion, in vain") { scene in
            scene.made.stopListening()
            scene.send(then: { [unowned scene] in scene.act() })
            scene.send()
        },
        Place(testDescription: "a completion, too late") { scene in
            scene.send(timeout: .milliseconds(1), then: { [unowned scene] in scene.act() })
            scene.send()
        },
        Place(testDescription: "a completion, closed") { scene in
            scene.send(then: { [unowned scene] in scene.act() })
            scene.send()
            scene.client?.close()
            scene.pool?.close()
        },
        Place(testDescription: "fields", maySend: false) { scene in
            scene.send(fields: { _ in scene.act() })
            scene.send()
        },
        Place(testDescription: "fields of one that waits") { scene in
            scene.send()
            scene.send(fields: { _ in scene.act() })
        },
        Place(testDescription: "a stream's fields", isOfPools: false, maySend: false) { scene in
            let stream = try scene.open { _ in scene.act() }
            _ = stream.write("abc")
            #expect(!stream.isOpen)
        },
        Place(testDescription: "onWritable", isOfPools: false) { scene in
            let stream = try scene.open()
            stream.onWritable = { [unowned scene] in scene.act() }
            try scene.made.bench.run { scene.made.peers.count == 1 }
            scene.made.peer.isReading = false
            let bytes = [UInt8](repeating: 0x61, count: 65_536)
            while bytes.withByteView({ stream.write($0) }) == bytes.count { try scene.made.bench.settle() }
            scene.made.peer.isReading = true
        },
    ]

    @Test(arguments: places, Act.allCases)
    func mayEndTheClient(_ place: Place, _ act: Act) throws {
        guard place.maySend || act != .closesAndSends else { return }
        for isPool in place.isOfPools ? [false, true] : [false] {
            let scene = try Scene(act, isPool: isPool)
            try place.play(scene)
            try scene.expectTheEnd("\(place.testDescription), \(isPool ? "pool" : "client")")
        }
    }
}
