import Foundation
import LambdaExtension
import Testing

/// The local protocol over a Unix socket, alone and beside TCP.
@Suite struct UnixSocketTests {
    private let name: String
    private let address: SocketAddress

    init() {
        let text = "postinvoke-test-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        name = "unix:@\(text)"
        address = .unix([0] + text.utf8)
    }

    @Test func itListensAtBoth() throws {
        let scene = try Scene.polling(alsoAt: name)
        let functions = [try scene.connect(to: address), try scene.connect()]
        for (round, function) in functions.enumerated() {
            #expect(try scene.ask(function, check(session: 7)).status == 200)
            try scene.lambda.invoke("a\(round)")
            try scene.expectHold("a\(round)")
            #expect(try scene.ask(function, done("a\(round)")).status == 200)
            try scene.expectNext(2 + round)
        }
        #expect(scene.process.standardError == "")
    }

    @Test func aFunctionThatEndsIsSeenThere() throws {
        let scene = try Scene.polling(alsoAt: name)
        let function = try scene.connect(to: address)
        #expect(try scene.ask(function, check(session: 7)).status == 200)
        try scene.lambda.invoke("a")
        try scene.expectHold("a")
        function.close()
        try scene.expectNext(2)
        #expect(try scene.status().releases.session == 1)
    }

    @Test func itMayBeTheOnlyOne() throws {
        let scene = try Scene.polling(["POSTINVOKE_ADDRESS": name])
        let function = try scene.connect(to: address)
        #expect(try scene.ask(function, check()).fields["Postinvoke-Mode"] == "hold")
        #expect(scene.process.standardError == "")
    }

    @Test func oneAddressThatIsTakenIsNamedAndTheOtherServes() throws {
        let taken = OwnedSocket(try Socket.listen(on: address))
        defer { extendLifetime(taken) }
        let scene = try Scene.polling(alsoAt: name)
        #expect(try scene.ask(try scene.connect(), check()).fields["Postinvoke-Mode"] == "hold")
        #expect(scene.process.errorLines.count == 1)
        #expect(scene.process.standardError.contains("cannot listen at \(name): "))
        #expect(scene.process.standardError.contains("at its other addresses only"))
    }
}
