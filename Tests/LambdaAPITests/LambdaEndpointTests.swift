import CLinux
import LambdaAPI
import TestSupport
import Testing

@Suite struct LambdaEndpointTests {
    @Test(arguments: ["127.0.0.1:9001", "[::1]:9001", "localhost:80"])
    func keepsTheTextForHost(_ text: String) throws {
        let endpoint = try text.withByteView { (view) throws(SocketAddressError) in try LambdaEndpoint(parsing: view) }
        #expect(endpoint.host == Array(text.utf8))
        #expect(endpoint.address == (try SocketAddress.parse(text)))
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
            unsetenv("AWS_LAMBDA_RUNTIME_API")
            let error = #expect(throws: LambdaEndpointError.self) { try LambdaEndpoint.fromEnvironment() }
            #expect(error?.value == nil)
            #expect(error?.description == "AWS_LAMBDA_RUNTIME_API is not set; it must be host:port")
        }
    }

    @Test func aWrongVariableIsQuoted() async {
        await #expect(processExitsWith: .success) {
            for (value, fault) in [
                ("", #""" has no port"#),
                ("nowhere", #""nowhere" has no port"#),
                ("127.0.0.1:65536", #""127.0.0.1:65536" has no port from 0 to 65535"#),
                ("a:b:1", #""a:b:1" has no valid host"#),
                ("say \"a\"\n", #""say \"a\"\n" has no port"#),
            ] {
                setenv("AWS_LAMBDA_RUNTIME_API", value, 1)
                let error = #expect(throws: LambdaEndpointError.self) { try LambdaEndpoint.fromEnvironment() }
                #expect(error?.value == Array(value.utf8))
                #expect(error?.description == "AWS_LAMBDA_RUNTIME_API \(fault); it must be host:port")
            }
        }
    }

    /// EX_CONFIG of sysexits(3).
    @Test func aProcessEndsWithItAsAWrongConfiguration() { #expect(LambdaEndpointError.exitCode == 78) }

    @Test func theClientSendsTheTextAsHost() throws {
        let loop = try EventLoop()
        let listener = try Socket.listen(on: .loopback(port: 0))
        let address = try #require(try listener.localAddress())
        var hosts: [String] = []
        let server = HTTPServer(loop: loop) { request, responder in
            hosts.append(request.field("Host")?.string ?? "none")
            responder.respond(200)
        }
        try server.serve(listener)
        defer { server.close() }
        let text = address.description
        let endpoint = try text.withByteView { (view) throws(SocketAddressError) in try LambdaEndpoint(parsing: view) }
        let client = endpoint.makeClient(on: loop)
        defer { client.close() }
        client.send("GET", "/") { _ in }
        let deadline = Instant.now + patience
        while hosts.isEmpty {
            try #require(.now < deadline, "no request came")
            try loop.runOnce(until: deadline)
        }
        #expect(hosts == [text])
    }
}
