import Foundation
import Testing
import ToolsTestSupport

/// The examples of `layer/examples` that are no functions but small servers.
struct ServerExampleTests {
    private struct Server {
        let program: RunningProgram
        let port: UInt16

        init(_ example: Program) throws {
            program = try RunningProgram([example.path, "127.0.0.1:0"])
            var position = 0
            let line = try program.wait(after: &position) { $0.contains("listening at") }
            port = try #require(line.split(separator: ":").last.flatMap { UInt16($0) }, "\(line)")
        }

        func connect() throws -> Connection { try Connection("127.0.0.1", port) }
    }

    @Test func `Echo sends back what comes, to each its own`() throws {
        let server = try Server(.echo())
        let (one, other) = (try server.connect(), try server.connect())
        try one.send("first\n")
        try other.send("second\n")
        #expect(try other.readLine() == "second")
        #expect(try one.readLine() == "first")
        let long = String(repeating: "x", count: 300_000)
        try one.send(long + "\n")
        #expect(try one.readLine() == long)
    }

    @Test func `Hello greets, and ends at SIGTERM`() throws {
        let server = try Server(.hello())
        let greeting = try HTTPExchange("GET", "/hello?name=you", host: "127.0.0.1", port: server.port)
        #expect(greeting.status == 200)
        #expect(greeting.body == "hello, you\n")
        #expect(try HTTPExchange("GET", "/hello", host: "127.0.0.1", port: server.port).body == "hello, world\n")
        #expect(try HTTPExchange("GET", "/else", host: "127.0.0.1", port: server.port).status == 404)
        let wrong = try HTTPExchange("POST", "/hello", host: "127.0.0.1", port: server.port)
        #expect(wrong.status == 405)
        #expect(wrong.field("Allow") == "GET, HEAD")
        #expect(try HTTPExchange("GET", "/hello/you", host: "127.0.0.1", port: server.port).body == "hello, you\n")
        let long = String(repeating: "x", count: 1_000_000)
        let count = try HTTPExchange("PUT", "/count", host: "127.0.0.1", port: server.port, body: long)
        #expect(count.body == "1000000 bytes\n")
        server.program.send(SIGTERM)
        #expect(try server.program.waitForEnd() == 0)
    }

    @Test func `Chat passes lines on to everybody else`() throws {
        let server = try Server(.chat())
        let members = try (0..<3).map { _ in try server.connect() }
        // Nobody hears what was said before they were welcome.
        for member in members { #expect(try member.readLine() == "welcome") }
        for (index, member) in members.enumerated() {
            let others = members.enumerated().filter { $0.offset != index }.map(\.element)
            try member.send("I am \(index)\n")
            for other in others { #expect(try other.readLine() == "I am \(index)") }
        }
    }
}
