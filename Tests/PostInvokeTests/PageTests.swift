import CLinux
import Foundation
import Hold
import HostProcess
import PostInvoke
import Reactor
import ServiceFakes
import TestSupport
import Testing

/// The page of shared memory by which a session says over a Unix socket that an invocation is done.
@Suite struct PageTests {
    private func session(to layer: ExtensionProcess) throws -> Session {
        let session = Session(address: try extensionAddress(layer.address), timeout: patience)
        #expect(try session.open() == .hold)
        return session
    }

    @Test func whatNobodyWaitsForIsSaidByThePage() async throws {
        let layer = try await ExtensionProcess()
        let session = try session(to: layer)
        defer { extendLifetime(session) }
        #expect(try layer.pageUses() == [0])
        for number in 1...5 {
            layer.api.answerParked(FakeExtensionsAPI.invoke("a\(number)"))
            try layer.waitForHold(of: "a\(number)")
            session.done("a\(number)", awaitingAnswer: false)
            try await layer.expectNext()
            session.settle()
            #expect(try layer.pageUses() == [number])
        }
        // After closures there is an answer to wait for.
        layer.api.answerParked(FakeExtensionsAPI.invoke("b"))
        try layer.waitForHold(of: "b")
        session.done("b")
        try await layer.expectNext()
        #expect(try layer.pageUses() == [5])
        #expect(try layer.status().releases["done"] == 6)
        let pages = try layer.pageCount()
        #expect(pages == 1)
        try await layer.end()
    }

    /// One that has not taken what it was told is asked over the socket, which finds out whether it is there.
    @Test func whatAnExtensionHasNotTakenIsNotOverwritten() async throws {
        let layer = try await ExtensionProcess()
        let session = try session(to: layer)
        defer { extendLifetime(session) }
        layer.api.answerParked(FakeExtensionsAPI.invoke("a"))
        try layer.waitForHold(of: "a")
        layer.stop()
        session.done("a", awaitingAnswer: false)
        session.settle()
        session.done("b", awaitingAnswer: false)
        session.settle()
        #expect(try layer.pageUses() == [1])
        layer.goOn()
        try await layer.expectNext()
        try layer.wait { $0.releases["done"] == 1 }
        // The other came early.
        session.done("c")
        layer.api.answerParked(FakeExtensionsAPI.invoke("b"))
        try await layer.expectNext()
        layer.api.answerParked(FakeExtensionsAPI.invoke("d"))
        try layer.waitForHold(of: "d")
        session.done("d", awaitingAnswer: false)
        try await layer.expectNext()
        #expect(try layer.pageUses() == [2])
        try await layer.end()
    }

    @Test(arguments: [true, false])
    func whatAnExtensionThatEndedHasNotTakenIsSaidToTheNext(isLookedAt: Bool) async throws {
        let layer = try await ExtensionProcess()
        let session = try session(to: layer)
        defer { extendLifetime(session) }
        layer.stop()
        session.done("a", awaitingAnswer: false)
        #expect(try layer.pageUses() == [1])
        try await layer.kill()
        let next = try await ExtensionProcess(at: layer.address)
        if isLookedAt { session.settle() } else { session.done("b", awaitingAnswer: false) }
        // It came early; so it is not held.
        next.api.answerParked(FakeExtensionsAPI.invoke("a"))
        try await next.expectNext()
        next.api.answerParked(FakeExtensionsAPI.invoke("c"))
        try next.waitForHold(of: "c")
        session.done("c", awaitingAnswer: false)
        try await next.expectNext()
        #expect(try next.pageUses() == [isLookedAt ? 1 : 2])
        try await next.end()
    }

    @Test func aPageEndsWithItsConnection() async throws {
        let layer = try await ExtensionProcess()
        let session = try session(to: layer)
        defer { extendLifetime(session) }
        session.done("a", awaitingAnswer: false)
        for _ in 0..<3 {
            session.renew()
            // The end of the old connection may be seen after the beginning of the new one.
            try layer.wait { _ in try layer.pageCount() == 1 }
            #expect(try layer.pageUses() == [0])
        }
        session.done("b", awaitingAnswer: false)
        #expect(try layer.pageUses() == [1])
        do {
            let other = try self.session(to: layer)
            defer { extendLifetime(other) }
            #expect(try layer.pageCount() == 2)
            other.done("c", awaitingAnswer: false)
            #expect(try layer.pageUses() == [1, 1])
        }
        try layer.wait { _ in try layer.pageCount() == 1 }
        #expect(try layer.pageUses() == [1])
        try await layer.end()
    }

    @Test func severalThreadsShareAPage() async throws {
        let layer = try await ExtensionProcess()
        let session = try session(to: layer)
        defer { extendLifetime(session) }
        layer.api.answerParked(FakeExtensionsAPI.invoke("last"))
        try layer.waitForHold(of: "last")
        await withTaskGroup { group in
            for thread in 0..<4 {
                group.addTask {
                    for number in 0..<50 {
                        session.done("\(thread)-\(number)", awaitingAnswer: number % 7 == 0)
                        session.settle()
                    }
                }
            }
        }
        session.done("last", awaitingAnswer: false)
        try await layer.expectNext()
        let status = try layer.status()
        #expect(status.stale == 200)
        #expect(status.releases["done"] == 1)
        try await layer.end()
    }

    /// A child finds the page mapped, and the number in it its parent's concern.
    @Test func aForkedProcessLeavesThePageAlone() async throws {
        try await #require(processExitsWith: .success) {
            let layer = try await ExtensionProcess()
            let session = Session(address: try extensionAddress(layer.address), timeout: patience)
            defer { extendLifetime(session) }
            _ = try session.open()
            session.done("a", awaitingAnswer: false)
            session.done("b")
            typealias Fork = @convention(c) () -> Int32
            let fork = unsafeBitCast(dlsym(nil, "fork"), to: Fork.self)
            let child = fork()
            if child == 0 {
                session.done("c", awaitingAnswer: false)
                session.done("d")
                _exit(0)
            }
            var status: Int32 = 0
            precondition(waitpid(child, &status, 0) == child && status == 0)
            var uses = try layer.pageUses()
            precondition(uses == [1])
            session.done("e", awaitingAnswer: false)
            uses = try layer.pageUses()
            precondition(uses == [2])
            try await layer.end()
        }
    }
}
