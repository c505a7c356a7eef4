import CLinux
import LambdaAPI
import TestSupport
import Testing

@Suite struct LambdaEndpointTests {
    @Test(arguments: ["127.0.0.1:9001", "[::1]:9001", "localhost:80"])
    func keepsTheTextForHost(_ text: String) throws {
        let endpoint = try Self.parse(text)
        #expect(endpoint.host == Array(text.utf8))
        #expect(endpoint.path == [])
        #expect(endpoint.address == (try SocketAddress.parse(text)))
    }

    /// Services in Lambda's place give a URL, as `cargo lambda watch` does.
    @Test(arguments: [
        ("http://127.0.0.1:9000/.rt", "127.0.0.1:9000", "/.rt"), ("http://127.0.0.1:9000", "127.0.0.1:9000", ""),
        ("HTTP://[::1]:9000/", "[::1]:9000", ""), ("127.0.0.1:9000/a/b//", "127.0.0.1:9000", "/a/b"),
        ("http://localhost:80/a%20b/~c//d", "localhost:80", "/a%20b/~c//d"),
        ("http://127.0.0.1:9000/http://x", "127.0.0.1:9000", "/http://x"),
    ])
    func aURLIsTakenApart(_ text: String, _ host: String, _ path: String) throws {
        let endpoint = try Self.parse(text)
        #expect(endpoint.host == Array(host.utf8))
        #expect(endpoint.path == Array(path.utf8))
        #expect(endpoint.address == (try SocketAddress.parse(host)))
    }

    @Test(arguments: ["unix:/tmp/lambda/api.sock", "unix:@a://b/c?d"])
    func aUnixSocketHasNoPath(_ text: String) throws {
        let endpoint = try Self.parse(text)
        #expect(endpoint.host == Array(text.utf8))
        #expect(endpoint.path == [])
        #expect(endpoint.address == (try SocketAddress.parse(text)))
    }

    @Test(arguments: [
        ("https://127.0.0.1:9000/.rt", "has another scheme than http"),
        ("://127.0.0.1:1", "has another scheme than http"),
        ("ftp://a", "has another scheme than http"), ("127.0.0.1:9/a://b", "has another scheme than http"),
        ("http://127.0.0.1:9000/.rt?a=b", "has a query or a fragment"),
        ("127.0.0.1:9000?", "has a query or a fragment"),
        ("http://127.0.0.1:9000/#top", "has a query or a fragment"), ("http://127.0.0.1", "has no port"),
        ("http:///path", "has no port"), ("http://", "has no port"),
        ("http://127.0.0.1:9000/a b", "has a path that is none"), ("127.0.0.1:9000/é", "has a path that is none"),
        ("127.0.0.1:9000/a\r\nX: y", "has a path that is none"), ("http:127.0.0.1:9000", "has no valid host"),
    ])
    func whatIsNoEndpointIsRefused(_ text: String, _ fault: String) {
        let error = #expect(throws: SettingError.self) { try Self.parse(text) }
        #expect(error?.value == Array(text.utf8))
        #expect(error.map { "\($0.fault)".hasPrefix(fault) } == true)
    }

    private static func parse(_ text: String) throws -> LambdaEndpoint {
        try text.withByteView { (view) throws(SettingError) in try LambdaEndpoint(parsing: view) }
    }

    /// In processes of their own, since the environment is everybody's.
    @Test func isReadFromTheEnvironment() async {
        await #expect(processExitsWith: .success) {
            setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001", 1)
            let endpoint = try LambdaEndpoint.fromEnvironment()
            #expect(endpoint.host == Array("127.0.0.1:9001".utf8))
            #expect(endpoint.address.description == "127.0.0.1:9001")
        }
    }

    @Test func withoutAVariableThereIsNone() async {
        await #expect(processExitsWith: .success) {
            for value in [nil, ""] {
                unsetenv("AWS_LAMBDA_RUNTIME_API")
                if let value { setenv("AWS_LAMBDA_RUNTIME_API", value, 1) }
                let error = #expect(throws: SettingError.self) { try LambdaEndpoint.fromEnvironment() }
                #expect(error?.value == nil)
                #expect(
                    error?.description
                        == "AWS_LAMBDA_RUNTIME_API is not set; allowed: host:port or http://host:port/path")
            }
        }
    }

    @Test func aWrongVariableIsQuoted() async {
        await #expect(processExitsWith: .success) {
            for (value, fault) in [
                ("nowhere", #""nowhere" has no port"#),
                ("127.0.0.1:65536", #""127.0.0.1:65536" has no port from 0 to 65535"#),
                ("a:b:1", #""a:b:1" has no valid host"#),
                ("say \"a\"\n", #""say \"a\"\n" has no port"#),
            ] {
                setenv("AWS_LAMBDA_RUNTIME_API", value, 1)
                let error = #expect(throws: SettingError.self) { try LambdaEndpoint.fromEnvironment() }
                #expect(error?.value == Array(value.utf8))
                #expect(
                    error?.description
                        == "AWS_LAMBDA_RUNTIME_API \(fault); allowed: host:port or http://host:port/path")
            }
        }
    }

    /// EX_CONFIG of sysexits(3).
    @Test func aProcessEndsWithItAsAWrongConfiguration() { #expect(SettingError.exitCode == 78) }

    @Test func theClientSendsTheHostAndGoesBelowThePath() throws {
        let loop = try EventLoop()
        let listener = try Socket.listen(on: .loopback(port: 0))
        let address = try #require(try listener.localAddress())
        var requests: [String] = []
        let server = HTTPServer(loop: loop) { request, responder in
            let fields = [request.field("Host"), request.field("User-Agent")].map { $0?.string ?? "none" }
            requests.append("\(request.target.string) \(fields)")
            responder.respond(200)
        }
        try server.serve(listener)
        defer { server.close() }
        let client = try Self.parse("http://\(address)/.rt/").makeClient(on: loop)
        defer { client.close() }
        client.send("GET", "/a?b") { _ in }
        let deadline = Instant.now + patience
        while requests.isEmpty {
            try #require(.now < deadline, "no request came")
            try loop.runOnce(until: deadline)
        }
        #expect(requests == [#"/.rt/a?b ["\#(address)", "postinvoke/\#(postinvokeVersion)"]"#])
    }
}
