import Foundation
import LambdaExtension
import Testing
import ToolsTestSupport

/// Tests the start and the end of the extension.
@Suite struct LifeTests {
    @Test func listensThenRegistersThenAsks() throws {
        var function: Function?
        let scene = try Scene { lambda, address, loop in
            lambda.answers[.register] = .silence
            lambda.onRequest = { _ in
                if function == nil { function = try? Function(on: loop, address) }
            }
        }
        try scene.wait(for: "the registration") { scene.lambda.calls == [.register] }
        // The runtime may start and say hello before the answer to our registration has reached us.
        #expect(try scene.ask(try #require(function), check(session: nobody)).status == 200)
        #expect(scene.lambda.calls == [.register])
        let request = scene.lambda.requests[0]
        #expect(request.fields["Lambda-Extension-Name"] == URL(fileURLWithPath: Binary.path).lastPathComponent)
        #expect(request.body == #"{"events":["INVOKE","SHUTDOWN"]}"#)
        try scene.lambda.answerWaiting(.status(200, "{}"))
        try scene.expectNext(1)
        #expect(scene.lambda.requests[1].fields["Lambda-Extension-Identifier"] == Lambda.identifier)
        try scene.hold("a")
    }

    /// Lambda looks the name up among the files of its extensions folder.
    @Test func registersUnderItsFileName() throws {
        let folder = try TemporaryFolder()
        defer { extendLifetime(folder) }
        let link = folder.path(of: "another name.bin")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: Binary.path)
        let scene = try Scene.polling(command: Binary.runner + [link])
        #expect(scene.lambda.requests[0].fields["Lambda-Extension-Name"] == "another name.bin")
    }

    @Test func managedInstancesAreNeverHeld() throws {
        let scene = try Scene.polling(["AWS_LAMBDA_INITIALIZATION_TYPE": "lambda-managed-instances"])
        #expect(scene.lambda.requests[0].body == #"{"events":["SHUTDOWN"]}"#)
        // As many processes as there are events at a time, each with a session of its own; none is refused.
        for process in 0..<8 {
            let function = try scene.connect()
            let answer = try scene.ask(function, check(session: process == 0 ? Int(getpid()) : nobody + process))
            #expect(answer.status == 200)
            #expect(answer.fields["Postinvoke-Mode"] == "pass-through")
            #expect(try scene.ask(function, done("a\(process)")).status == 200)
            #expect(try scene.ask(function, done()).status == 200)
        }
        let status = try scene.status()
        #expect(status.mode == "pass-through")
        #expect(status.stale == 16)
        #expect(status.refused == 0)
        try scene.shutDown()
    }

    @Test(arguments: ["on-demand", "provisioned-concurrency", "snap-start", "native-http", "something-to-come", ""])
    func otherInitializationTypesAreHeld(_ type: String) throws {
        let scene = try Scene.polling(["AWS_LAMBDA_INITIALIZATION_TYPE": type])
        #expect(scene.lambda.requests[0].body == #"{"events":["INVOKE","SHUTDOWN"]}"#)
        _ = try scene.openSession()
        try scene.hold("a")
    }

    /// A service in Lambda's place may give a URL, as `cargo lambda watch` does.
    @Test(arguments: [
        ("http://127.0.0.1", "/.rt", "/.rt"), ("127.0.0.1", "/a/b/", "/a/b"), ("http://localhost", "", ""),
    ])
    func theEndpointMayBeAURL(_ host: String, _ path: String, _ prefix: String) throws {
        let scene = try Scene(host: host, path: path) { lambda, _, _ in lambda.path = prefix }
        try scene.expectNext(1)
        let function = try scene.openSession()
        try scene.cycle(function, "a", next: 2)
        #expect(scene.lambda.calls == [.register, .next, .next])
        #expect(
            scene.lambda.requests.allSatisfy {
                $0.fields["Host"] == "\(host.dropFirst(host.contains("/") ? 7 : 0)):\(scene.lambda.port)"
            })
    }

    /// It never fails the function, and it never holds what nobody could release.
    @Test func passesThroughWhenThePortIsTaken() throws {
        let taken = OwnedSocket(try Socket.listen(on: .loopback(port: 0)))
        defer { extendLifetime(taken) }
        let address = try #require(try taken.socket.localAddress()).description
        let scene = try Scene.polling(["POSTINVOKE_ADDRESS": address])
        for round in 1...3 {
            try scene.invoke("a\(round)", next: 1 + round)
        }
        try scene.lambda.shutDown()
        try scene.expectEnd(.exit(0), lines: 1)
        #expect(scene.process.standardError.contains("cannot listen at \(address): Address "))
        #expect(scene.process.standardError.contains(" in use; "))
        #expect(scene.process.standardError.contains("this extension will hold no invocation"))
    }

    /// The default is seen best when it is taken, by this test or by anybody else; who may let go of it just then.
    @Test func theDefaultAddressIsKnown() throws {
        var scene: Scene
        var ours: OwnedSocket?
        var tries = 0
        repeat {
            tries += 1
            ours = try? OwnedSocket(Socket.listen(on: .loopback(port: 1339)))
            scene = try Scene.polling(["POSTINVOKE_ADDRESS": nil])
        } while ours == nil && scene.process.standardError.isEmpty && tries < 20
        extendLifetime(ours)
        #expect(scene.process.standardError.contains("cannot listen at 127.0.0.1:1339: "))
    }

    @Test(arguments: ["spindown", "timeout", "failure", "SandboxTerminated", "of a kind to come"])
    func shutdownEndsIt(_ reason: String) throws {
        let (scene, function) = try Scene.inSession()
        try scene.lambda.shutDown(reason)
        try scene.expectEnd(.exit(0))
        #expect(scene.process.standardError == "")
        try scene.wait(for: "the end of the session") { function.isClosed }
        #expect(scene.lambda.calls == [.register, .next])
    }

    /// Lambda sends SHUTDOWN as the answer to Next; after a timeout the runtime dies first, which makes us ask.
    @Test func shutdownEndsItInTheMiddleOfAHold() throws {
        let (scene, function) = try Scene.holding("a")
        function.close()
        try scene.expectNext(2)
        try scene.lambda.shutDown("timeout")
        try scene.expectEnd(.exit(0))
    }

    @Test(arguments: [false, true])
    func sigtermEndsIt(_ isHolding: Bool) throws {
        let (scene, function) = try Scene.inSession()
        if isHolding {
            try scene.hold("a")
        }
        scene.process.send(SIGTERM)
        try scene.expectEnd(.exit(0))
        #expect(scene.process.errorLines == ["postinvoke: SIGTERM: shutting down"])
        try scene.wait(for: "the end of the session") { function.isClosed }
    }

    @Test func sigtermEndsItBeforeItHasRegistered() throws {
        let scene = try Scene { lambda, _, _ in lambda.answers[.register] = .silence }
        try scene.wait(for: "the registration") { !scene.lambda.requests.isEmpty }
        scene.process.send(SIGTERM)
        try scene.expectEnd(.exit(0))
    }

    /// The log's reader may go; the function's work goes on.
    @Test func survivesTheEndOfItsLog() throws {
        let (scene, function) = try Scene.inSession(["AWS_LAMBDA_LOG_LEVEL": "DEBUG"])
        scene.process.closeStandardError()
        for round in 1...3 {
            try scene.cycle(function, "a\(round)", next: 1 + round)
        }
        try scene.shutDown()
    }

    // MARK: The command line

    @Test(arguments: ["--help", "-h"])
    func printsItsHelp(_ argument: String) throws {
        let scene = try Scene(command: Binary.command + [argument])
        try scene.expectEnd(.exit(0))
        for variable in SettingTests.variables { #expect(scene.process.standardOutput.contains(variable)) }
        #expect(scene.process.standardError == "")
    }

    @Test(arguments: ["--verbose", "", "x", "--version2"])
    func refusesOtherArguments(_ argument: String) throws {
        let scene = try Scene(command: Binary.command + [argument])
        try scene.expectEnd(.exit(64), lines: 1)
        #expect(scene.process.standardOutput == "")
        #expect(scene.lambda.requests.isEmpty)
    }
}
