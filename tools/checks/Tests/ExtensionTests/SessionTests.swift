import Foundation
import Processes
import Testing

/// Sessions: through them the extension learns that the function's process has ended, which a connection shows only
/// where the process cannot be watched.
@Suite struct SessionTests {
    @Test func theEndOfTheSessionReleases() throws {
        let (scene, function) = try Scene.holding("a")
        function.close()
        try scene.expectNext(2)
        #expect(try scene.status().releases == Status.Releases(session: 1))
        // Nobody is left to say that the next one is done.
        try scene.invoke("b", next: 3)
        #expect(try scene.status().releases == Status.Releases(session: 1, passThrough: 1))
    }

    @Test func theLastOfTwoSessionsReleases() throws {
        let scene = try Scene.polling()
        let first = try scene.openSession()
        let second = try scene.openSession()
        try scene.hold("a")
        let connections = try scene.status().connections
        first.close()
        try scene.expectConnections(connections - 1)
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
        try scene.hold("a")
        #expect(try scene.ask(try scene.connect(), done()).status == 200)
        try scene.expectNext(2)
    }

    @Test func othersMayNotEndWhatASessionHolds() throws {
        let (scene, function) = try Scene.inSession()
        let stranger = try scene.connect()
        try scene.hold("a")
        let refusal = try scene.ask(stranger, done())
        #expect(refusal.status == 403)
        #expect(refusal.fields["Content-Length"] == "0")
        try scene.expectHold("a")
        #expect(try scene.status().refused == 1)
        // Whoever knows the id may.
        try scene.release(stranger, "a", next: 2)
        #expect(try scene.status().releases == Status.Releases(done: 1))
        #expect(try scene.ask(stranger, done()).status == 403)
        #expect(!function.isClosed)
    }

    @Test func onlyOneProcessHasSessions() throws {
        let (scene, function) = try Scene.inSession()
        let other = try scene.connect()
        #expect(try scene.ask(other, check(session: nobody + 1)).status == 409)
        #expect(try scene.ask(other, check(session: nobody)).status == 200)
        // Checking again on the same connection opens nothing more.
        #expect(try scene.ask(function, check(session: nobody)).status == 200)
        #expect(try scene.ask(function, check(session: nobody + 1)).status == 409)
        let connections = try scene.status().connections
        function.close()
        other.close()
        try scene.expectConnections(connections - 2)
        let next = try scene.connect()
        #expect(try scene.ask(next, check(session: nobody + 1)).status == 200)
        try scene.hold("a")
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
        function.send(check(session: nobody))
        function.reset()
        scene.process.send(SIGCONT)
        try scene.expectConnections(connections - 1)
        #expect(try scene.ask(try scene.connect(), done()).status == 200)
        try scene.invoke("a", next: 2)
        try scene.invoke("b", next: 3)
        #expect(try scene.status().holds == 0)
    }

    // MARK: Processes that are watched

    @Test func aSessionOutlivesItsConnections() throws {
        let scene = try Scene.polling()
        let process = try Companion.sleeping()
        let connections = try scene.status().connections
        for function in [try scene.openSession(process.number), try scene.openSession(process.number)] {
            function.close()
        }
        try scene.expectConnections(connections)
        for round in 1...3 {
            try scene.hold("a\(round)")
            // Over a connection that is no session's; without the id it is nobody's word.
            let function = try scene.connect()
            #expect(try scene.ask(function, done()).status == 403)
            if round == 2 {
                #expect(try scene.ask(function, check(session: process.number)).status == 200)
                #expect(try scene.ask(function, done()).status == 200)
            } else {
                #expect(try scene.ask(function, done("a\(round)")).status == 200)
            }
            function.close()
            try scene.expectNext(1 + round)
        }
        try scene.hold("b")
        process.end()
        try scene.expectNext(5)
        #expect(try scene.status().releases == Status.Releases(done: 3, session: 1))
        try scene.invoke("c", next: 6)
        #expect(try scene.status().releases.passThrough == 1)
    }

    /// A child may have inherited the connection, which then stays open.
    @Test func theEndOfTheProcessIsTheEndWhateverStaysOpen() throws {
        let scene = try Scene.polling()
        let process = try Companion.sleeping()
        let function = try scene.openSession(process.number)
        try scene.hold("a")
        // Nobody has waited for it yet: a zombie has ended.
        process.end()
        try scene.expectNext(2)
        #expect(!function.isClosed)
        // It is a connection like any other now, and may become another one's.
        #expect(try scene.ask(function, check(session: nobody)).status == 200)
        try scene.hold("b")
        function.close()
        try scene.expectNext(3)
        #expect(try scene.status().releases == Status.Releases(session: 2))
    }

    @Test func anotherProcessTakesOverFromOneThatHasEnded() throws {
        let scene = try Scene.polling()
        for _ in 1...20 {
            let first = try Companion.sleeping()
            let second = try Companion.sleeping()
            let held = try scene.openSession(first.number)
            let function = try scene.connect()
            #expect(try scene.ask(function, check(session: second.number)).status == 409)
            // Its end and the wish of the other may be seen in one round.
            scene.process.send(SIGSTOP)
            function.send(check(session: second.number))
            first.end()
            scene.process.send(SIGCONT)
            try scene.wait(for: "the answer") { function.answers.count == 2 }
            #expect(function.answers.last?.status == 200)
            #expect(try scene.ask(held, check(session: first.number)).status == 409)
            second.end()
            try scene.wait(for: "the end to be seen", every: .milliseconds(1)) {
                try scene.ask(try scene.connect(), done()).status == 200
            }
            held.close()
        }
    }

    /// Numbers that cannot be watched: of no process, of none there can be, and the extension's own, which whoever says
    /// it must have from another namespace.
    @Test(arguments: ["1000000000000", "18446744073709551615", "2147483648", "own"])
    func aConnectionStandsForWhatCannotBeWatched(_ number: String) throws {
        let scene = try Scene.polling()
        let number = number == "own" ? "\(try scene.status().pid)" : number
        let function = try scene.connect()
        #expect(try scene.ask(function, request("GET /check", ["Postinvoke-Session": number])).status == 200)
        try scene.hold("a")
        function.close()
        try scene.expectNext(2)
    }

    @Test(arguments: ["0", "-1", "18446744073709551616", "7x", "+7"])
    func whatIsNoNumberIsRefused(_ number: String) throws {
        let scene = try Scene.polling()
        #expect(
            try scene.ask(try scene.connect(), request("GET /check", ["Postinvoke-Session": number])).status == 400)
    }

    /// Node's `fetch` closes what is idle for four seconds, as the pools of many clients do.
    @Test(.enabled(if: findProgram("node") != nil, "node is not installed"))
    func aHoldOutlivesFetchsConnection() throws {
        let scene = try Scene.polling()
        let program = """
            const url = process.argv[1];
            const ask = async (path, options) => { const answer = await fetch(url + path, options); await answer.arrayBuffer(); };
            process.stdin.on("data", async (id) => {
              await ask("/done", { method: "POST", headers: { "Lambda-Runtime-Aws-Request-Id": id.toString().trim() } });
            });
            await ask("/check", { headers: { "Postinvoke-Session": process.pid } });
            console.log("ready");
            """
        let connections = try scene.status().connections
        let function = try Companion(
            ["node", "--input-type=module", "-e", program, "http://\(scene.address)"])
        try scene.wait(for: "the function", every: .milliseconds(1)) { function.output.contains("ready") }
        try scene.hold("a")
        try scene.wait(for: "fetch to close its connection", every: .milliseconds(20)) {
            try scene.status().connections == connections
        }
        try scene.expectHold("a")
        function.write("a\n")
        try scene.expectNext(2)
        try scene.hold("b")
        function.end()
        try scene.expectNext(3)
        #expect(try scene.status().releases == Status.Releases(done: 1, session: 1))
    }
}
