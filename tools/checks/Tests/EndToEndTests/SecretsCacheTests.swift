import Foundation
import Testing
import ToolsTestSupport

/// The example `secrets-cache` in front of an origin, under the sandbox; on Managed Instances, where it is never frozen.
struct SecretsCacheTests {
    private final class Scene {
        let origin: RunningProgram
        let originPort: UInt16
        let run: SandboxRun
        let port: UInt16
        private var position = 0
        static let token = "let me in"

        init(_ variables: [String: String] = [:]) throws {
            origin = try RunningProgram([try Program.origin().path])
            var position = 0
            originPort = try Self.port(in: origin.wait(after: &position) { $0.hasPrefix("listening at ") })
            var environment = [
                "AWS_SESSION_TOKEN": Self.token, "SECRETS_CACHE_PORT": "0",
                "SECRETS_CACHE_ORIGIN": "127.0.0.1:\(originPort)", "SECRETS_CACHE_TIMEOUT_MS": "60000",
            ]
            environment.merge(variables) { $1 }
            run = try SandboxRun(
                .scriptedFunction(), hasExtension: false, environment: environment,
                options: ["--managed-instances", "--extension", try Program.secretsCache().path])
            port = try Self.port(in: run.wait(forLine: "secrets-cache: listening at "))
        }

        private static func port(in line: String) throws -> UInt16 {
            try #require(line.split { $0 == " " || $0 == ":" }.last.flatMap { UInt16($0) }, "\(line)")
        }

        func get(_ path: String, token: String? = token, method: String = "GET") throws -> HTTPExchange {
            try HTTPExchange(
                method, path, host: "127.0.0.1", port: port,
                fields: token.map { ["X-Secrets-Cache-Token": $0] } ?? [:])
        }

        /// Returns the value of `X-Cache`, and the body.
        func ask(_ name: String) throws -> String {
            let answer = try get("/secrets/\(name)")
            return "\(answer.status) \(answer.field("X-Cache") ?? "-") \(answer.body.prefix { $0 != "\n" })"
                .trimmingCharacters(in: .whitespaces)
        }

        /// Waits until the origin was asked for a path, for the n-th time.
        func waitForOrigin(_ path: String, _ number: Int) throws {
            try origin.wait(after: &position) { $0 == "asked \(path) \(number)" }
        }

        func end() throws {
            run.terminate()
            let outcome = try run.finish()
            #expect(outcome.exitCode == 0, "\(outcome)")
        }
    }

    @Test func `What was fetched is kept`() throws {
        let scene = try Scene()
        #expect(try scene.ask("a") == "200 miss value 1")
        #expect(try scene.ask("a") == "200 hit value 1")
        #expect(try scene.get("/secrets/a").field("Content-Type") == "text/plain")
        #expect(try scene.ask("b") == "200 miss value 1")
        // An answer that is no secret is not kept.
        #expect(try scene.ask("none") == "404 miss value 1")
        #expect(try scene.ask("none") == "404 miss value 2")
        try scene.end()
    }

    @Test func `Who does not show the token gets nothing`() throws {
        let scene = try Scene()
        #expect(try scene.ask("a") == "200 miss value 1")
        for token in [nil, "", "let me i!", "let me inn", "x"] as [String?] {
            let answer = try scene.get("/secrets/a", token: token)
            #expect(answer.status == 403)
            #expect(!answer.body.contains("value"))
        }
        #expect(try scene.get("/secrets/a", method: "POST").status == 405)
        #expect(try scene.get("/elsewhere").status == 404)
        #expect(try scene.get("/secrets/" + String(repeating: "x", count: 600)).status == 404)
        try scene.end()
    }

    @Test func `What is stale is served while it is fetched anew`() throws {
        let scene = try Scene(["SECRETS_CACHE_TTL_MS": "0"])
        #expect(try scene.ask("a") == "200 miss value 1")
        #expect(try scene.ask("a") == "200 stale value 1")
        try scene.waitForOrigin("/secrets/a", 2)
        // The second value comes as soon as the origin's answer has, and each request fetches another.
        let deadline = ContinuousClock.now + RunningProgram.patience
        while try scene.ask("a") == "200 stale value 1" {
            guard ContinuousClock.now < deadline else { throw TestFailure("never refreshed") }
        }
        scene.origin.send(SIGKILL)
        _ = try scene.origin.waitForEnd()
        // Without its origin it serves what it has, and of what it has not it says so.
        for _ in 0..<3 { #expect(try scene.ask("a").hasPrefix("200 stale value ")) }
        #expect(try scene.ask("b") == "502 - the origin cannot be reached")
        try scene.end()
    }

    @Test func `What has expired is gone`() throws {
        let scene = try Scene(["SECRETS_CACHE_TTL_MS": "0", "SECRETS_CACHE_STALE_MS": "0"])
        #expect(try scene.ask("a") == "200 miss value 1")
        #expect(try scene.ask("a") == "200 miss value 2")
        scene.origin.send(SIGKILL)
        _ = try scene.origin.waitForEnd()
        #expect(try scene.ask("a") == "502 - the origin cannot be reached")
        try scene.end()
    }

    @Test func `Whoever asks at the same time waits for one answer`() throws {
        let scene = try Scene()
        let callers = try (0..<3).map { _ in try Connection("127.0.0.1", scene.port) }
        for caller in callers {
            try caller.send(
                "GET /secrets/slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Secrets-Cache-Token: \(Scene.token)"
                    + "\r\n\r\n")
        }
        try scene.waitForOrigin("/secrets/slow", 1)
        // They are all in by the time that this one, which came after them, has its answer: another secret does not wait.
        #expect(try scene.ask("a") == "200 miss value 1")
        _ = try HTTPExchange("GET", "/release", host: "127.0.0.1", port: scene.originPort)
        for caller in callers { #expect(try caller.readAll().hasSuffix("value 1")) }
        #expect(try scene.ask("slow") == "200 hit value 1")
        #expect(scene.origin.lines.count { $0.hasPrefix("asked /secrets/slow") } == 1)
        try scene.end()
    }

    @Test func `Memory is bounded, and what was used longest ago goes`() throws {
        let scene = try Scene(["SECRETS_CACHE_MAX_BYTES": "1000"])
        func word(_ name: String) throws -> String? { try scene.get("/secrets/\(name)").field("X-Cache") }
        #expect(try word("size-a-300") == "miss")
        #expect(try word("size-b-300") == "miss")
        #expect(try word("size-a-300") == "hit")
        #expect(try word("size-c-300") == "miss")
        #expect(try word("size-a-300") == "hit")
        #expect(try word("size-b-300") == "miss")
        // A secret larger than the whole cache is handed out, and not kept; nothing is evicted for it.
        #expect(try word("size-d-2000") == "miss")
        #expect(try word("size-d-2000") == "miss")
        #expect(try word("size-b-300") == "hit")
        try scene.end()
    }
}
