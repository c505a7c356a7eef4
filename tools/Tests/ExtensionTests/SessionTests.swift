import Foundation
import Testing

/// Sessions: an SDK's open connection, through which the extension learns that the runtime has died.
@Suite struct SessionTests {
    @Test func theEndOfTheSessionReleases() throws {
        let scene = try Scene.polling()
        let function = try scene.openSession()
        try scene.lambda.invoke("a")
        try scene.expectHold("a")
        function.close()
        try scene.expectNext(2)
        #expect(try scene.status().releases == Status.Releases(session: 1))
        // Nobody is left to say that the next one is done.
        try scene.lambda.invoke("b")
        try scene.expectNext(3)
        #expect(try scene.status().releases == Status.Releases(session: 1, passThrough: 1))
    }

    @Test func theLastOfTwoSessionsReleases() throws {
        let scene = try Scene.polling()
        let first = try scene.openSession()
        let second = try scene.openSession()
        try scene.lambda.invoke("a")
        try scene.expectHold("a")
        let connections = try scene.status().connections
        first.close()
        try scene.wait(for: "the first to be gone", every: .milliseconds(1)) {
            try scene.status().connections == connections - 1
        }
        try scene.expectHold("a")
        second.close()
        try scene.expectNext(2)
        #expect(try scene.status().releases == Status.Releases(session: 1))
    }

    @Test func anSDKWithoutASessionIsHeldFor() throws {
        let scene = try Scene.polling()
        let function = try scene.connect()
        #expect(try scene.ask(function, check()).status == 200)
        function.close()
        try scene.lambda.invoke("a")
        try scene.expectHold("a")
        #expect(try scene.ask(try scene.connect(), done()).status == 200)
        try scene.expectNext(2)
    }

    @Test func othersMayNotEndWhatASessionHolds() throws {
        let scene = try Scene.polling()
        let function = try scene.openSession()
        let stranger = try scene.connect()
        try scene.lambda.invoke("a")
        try scene.expectHold("a")
        let refusal = try scene.ask(stranger, done())
        #expect(refusal.status == 403)
        #expect(refusal.fields["Content-Length"] == "0")
        try scene.expectHold("a")
        #expect(try scene.status().refused == 1)
        // Whoever knows the id may.
        #expect(try scene.ask(stranger, done("a")).status == 200)
        try scene.expectNext(2)
        #expect(try scene.status().releases == Status.Releases(done: 1))
        #expect(try scene.ask(stranger, done()).status == 403)
        #expect(!function.isClosed)
    }

    @Test func onlyOneProcessHasSessions() throws {
        let scene = try Scene.polling()
        let function = try scene.openSession(7)
        let other = try scene.connect()
        #expect(try scene.ask(other, check(session: 8)).status == 409)
        #expect(try scene.ask(other, check(session: 7)).status == 200)
        // Checking again on the same connection opens nothing more.
        #expect(try scene.ask(function, check(session: 7)).status == 200)
        #expect(try scene.ask(function, check(session: 8)).status == 409)
        let connections = try scene.status().connections
        function.close()
        other.close()
        try scene.wait(for: "both to be gone", every: .milliseconds(1)) {
            try scene.status().connections == connections - 2
        }
        let next = try scene.connect()
        #expect(try scene.ask(next, check(session: 8)).status == 200)
        try scene.lambda.invoke("a")
        try scene.expectHold("a")
        next.close()
        try scene.expectNext(2)
    }

    /// A session that ends before its first answer could be written leaves nothing behind: no invocation is held for it,
    /// and nobody's done is refused for its sake.
    @Test func aSessionThatDiesAtOnceIsNone() throws {
        let scene = try Scene.polling()
        let function = try scene.connect()
        #expect(try scene.ask(function, request("GET /status")).status == 200)
        let connections = try scene.status().connections
        scene.process.send(SIGSTOP)
        function.send(check(session: 7))
        function.reset()
        scene.process.send(SIGCONT)
        try scene.wait(for: "the connection to be gone", every: .milliseconds(1)) {
            try scene.status().connections == connections - 1
        }
        #expect(try scene.ask(try scene.connect(), done()).status == 200)
        try scene.lambda.invoke("a")
        try scene.expectNext(2)
        try scene.lambda.invoke("b")
        try scene.expectNext(3)
        #expect(try scene.status().holds == 0)
    }
}
