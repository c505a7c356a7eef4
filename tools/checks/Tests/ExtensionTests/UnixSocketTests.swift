import Foundation
import LambdaExtension
import Processes
import Testing

/// The local protocol over a Unix socket, alone and beside TCP.
@Suite struct UnixSocketTests {
    private let unix = UnixName()

    @Test func itListensAtBoth() throws {
        let scene = try Scene.polling(alsoAt: unix.setting)
        let functions = [try scene.connect(to: unix.address), try scene.connect()]
        for (round, function) in functions.enumerated() {
            #expect(try scene.ask(function, check(session: Int(getpid()))).status == 200)
            try scene.cycle(function, "a\(round)", next: 2 + round)
        }
        #expect(scene.process.standardError == "")
    }

    /// The kernel's word on a process counts, not the process's own.
    @Test func theKernelSaysWhoseSessionItIs() throws {
        let scene = try Scene.polling(alsoAt: unix.setting)
        let function = try scene.connect(to: unix.address)
        #expect(try scene.ask(function, check(session: nobody)).status == 200)
        #expect(try scene.ask(function, check(session: nobody + 1)).status == 200)
        let stranger = try scene.connect()
        #expect(try scene.ask(stranger, check(session: nobody)).status == 409)
        #expect(try scene.ask(stranger, check(session: Int(getpid()))).status == 200)
        let connections = try scene.status().connections
        stranger.close()
        function.close()
        try scene.expectConnections(connections - 2)
        // The process lives: it is this one.
        try scene.hold("a")
        #expect(try scene.ask(try scene.connect(to: unix.address), done("a")).status == 200)
        try scene.expectNext(2)
    }

    @Test(.enabled(if: findProgram("python3") != nil, "python3 is not installed"))
    func aFunctionThatEndsIsSeenThere() throws {
        let scene = try Scene.polling(alsoAt: unix.setting)
        // It says that it is process 1, which does not end.
        let program = """
            import socket, sys, time
            connection = socket.socket(socket.AF_UNIX)
            connection.connect("\\0" + sys.argv[1])
            connection.sendall(b"GET /check HTTP/1.1\\r\\nHost: a\\r\\nPostinvoke-Session: 1\\r\\n\\r\\n")
            print(connection.recv(1000).decode(), flush=True)
            time.sleep(1000)
            """
        let function = try Companion(["python3", "-c", program, String(unix.setting.dropFirst(6))])
        try scene.wait(for: "the answer", every: .milliseconds(1)) { function.output.contains("200 OK") }
        try scene.hold("a")
        function.end()
        try scene.expectNext(2)
        #expect(try scene.status().releases.session == 1)
    }

    @Test func itMayBeTheOnlyOne() throws {
        let scene = try Scene.polling(["POSTINVOKE_ADDRESS": unix.setting])
        let function = try scene.connect(to: unix.address)
        #expect(try scene.ask(function, check()).fields["Postinvoke-Mode"] == "hold")
        #expect(scene.process.standardError == "")
    }

    @Test func oneAddressThatIsTakenIsNamedAndTheOtherServes() throws {
        let taken = OwnedSocket(try Socket.listen(on: unix.address))
        defer { extendLifetime(taken) }
        let scene = try Scene.polling(alsoAt: unix.setting)
        #expect(try scene.ask(try scene.connect(), check()).fields["Postinvoke-Mode"] == "hold")
        #expect(scene.process.errorLines.count == 1)
        #expect(scene.process.standardError.contains("cannot listen at \(unix.setting): "))
        #expect(scene.process.standardError.contains("at its other addresses only"))
    }
}
