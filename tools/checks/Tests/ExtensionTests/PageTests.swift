import Foundation
import LambdaExtension
import Processes
import Testing
import ToolsTestSupport

/// The page of shared memory through which a function says that an invocation is done.
@Suite struct PageTests {
    private let unix = UnixName()

    /// A function with a session and a page.
    private func withPage() throws -> (scene: Scene, function: Function, page: PassedPage) {
        let scene = try Scene.polling(alsoAt: unix.setting)
        let function = try scene.connect(to: unix.address)
        #expect(try scene.ask(function, check(session: Int(getpid()), page: "1")).status == 200)
        return (scene, function, try #require(function.page))
    }

    @Test func aDoneInThePageReleases() throws {
        let (scene, _, page) = try withPage()
        for round in 1...3 {
            try scene.hold("a\(round)")
            #expect(page.tell("a\(round)"))
            try scene.expectNext(1 + round)
            // Taken before Next was asked, as an answer is written before it.
            #expect(page.isFree)
        }
        #expect(try scene.status().releases == Status.Releases(done: 3))
        // Early, and then twice.
        #expect(page.tell("b"))
        try scene.invoke("b", next: 5)
        #expect(page.tell("b"))
        try scene.wait(for: "the second", every: .milliseconds(1)) { try scene.status().stale == 1 }
        try scene.shutDown()
    }

    @Test func whoHasNoPage() throws {
        let scene = try Scene.polling(alsoAt: unix.setting)
        let pid = Int(getpid())
        // Who does not ask, has no session, wants a form to come, is not at the Unix socket, or is another process.
        for (address, request) in [
            (unix.address, check(session: pid)), (unix.address, check(page: "1")),
            (unix.address, check(session: pid, page: "2")),
            (scene.address, check(session: pid, page: "1")), (scene.address, check(session: nobody, page: "1")),
        ] {
            let function = try scene.connect(to: address)
            _ = try scene.ask(function, request)
            #expect(function.page == nil, "\(request)")
        }
        #expect(try scene.process.mappedPages == 0)
        try scene.shutDown()
    }

    @Test func aPageEndsWithItsConnectionOrWithTheNext() throws {
        let (scene, function, page) = try withPage()
        for _ in 0..<3 {
            #expect(try scene.ask(function, check(session: Int(getpid()), page: "1")).status == 200)
            try scene.wait(for: "the end of the old one", every: .milliseconds(1)) {
                try scene.process.mappedPages == 1
            }
        }
        let last = try #require(function.page)
        #expect(last !== page)
        try scene.hold("a")
        // Nobody looks at the first any more.
        #expect(page.tell("a"))
        try scene.expectHold("a")
        #expect(last.tell("a"))
        try scene.expectNext(2)
        let descriptors = try scene.process.descriptorCount
        let second = try scene.connect(to: unix.address)
        #expect(try scene.ask(second, check(session: Int(getpid()), page: "1")).status == 200)
        #expect(try scene.process.mappedPages == 2)
        second.close()
        try scene.wait(for: "the end of the page", every: .milliseconds(1)) {
            try scene.process.mappedPages == 1 && scene.process.descriptorCount == descriptors
        }
        try scene.shutDown()
    }

    /// Whatever a function writes there, and whenever, does no harm, and holds up nobody else.
    @Test func aHostileFunctionHarmsNobody() throws {
        let (scene, _, page) = try withPage()
        let other = try scene.connect()
        var random = SystemRandomNumberGenerator()
        for round in 1...20 {
            try scene.hold("a\(round)")
            for _ in 0..<500 {
                for word in 0..<SharedMemory.wordCount where Bool.random() { page.memory.store(word, random.next()) }
                page.memory.store(16, random.next() % 200)
                guard page.bell.ring() else { throw TestFailure("cannot ring") }
            }
            try scene.release(other, "a\(round)", next: 1 + round)
        }
        #expect(try scene.status().releases == Status.Releases(done: 20))
        #expect(scene.process.standardError == "")
        try scene.shutDown()
    }

    @Test func aBellThatIsFullIsNoFault() throws {
        let (scene, function, page) = try withPage()
        try scene.hold("a")
        var most = UInt64.max - 1
        #expect(write(page.bell.rawValue, &most, 8) == 8)
        #expect(!page.tell("b"))
        try scene.release(function, "a", next: 2)
        try scene.shutDown()
    }
}

extension ExtensionProcess {
    fileprivate var mappedPages: Int {
        get throws {
            // Foundation reads such a file only as far as the kernel gives it at once.
            let maps = FileDescriptor(rawValue: open("/proc/\(pid)/maps", O_RDONLY | O_CLOEXEC))
            var text = Buffer()
            while case .bytes(let count) = try maps.read(into: text.reserve(4_096)) { text.commit(count) }
            return text.readable.string.split(separator: "\n").count { $0.contains("memfd:postinvoke") }
        }
    }

    fileprivate var descriptorCount: Int {
        get throws { try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count }
    }
}
