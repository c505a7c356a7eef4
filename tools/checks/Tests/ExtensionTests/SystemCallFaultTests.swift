import Foundation
import LambdaExtension
import Testing
import ToolsTestSupport

/// Every system call of a short life fails once, in every way that the kernel knows for it.
///
/// Whatever fails, the extension goes on, or ends with a documented code and a line that says why. It never spins.
@Suite(
    .enabled(if: Binary.takesPreloads, "nothing can be preloaded: linked statically, run by a runner, or sanitized"),
    .enabled(if: PreloadedLibrary.canBeBuilt, "no C compiler"), .serialized)
struct SystemCallFaultTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let call: String
        /// Errors, by number; zero stands for a call that does less than it could.
        let errors: [Int32]
        /// The call is struck at its first time, its second and so on.
        let times: ClosedRange<Int>
        var testDescription: String { call }
    }

    static let rows = [
        Row(call: "epoll_create1", errors: [EMFILE, ENFILE, ENOMEM, EINTR], times: 1...1),
        Row(call: "signalfd", errors: [EMFILE, ENFILE, ENOMEM], times: 1...2),
        Row(call: "socket", errors: [EMFILE, ENFILE, ENOMEM, ENOBUFS, EINTR], times: 1...2),
        Row(call: "setsockopt", errors: [ENOMEM, ENOBUFS], times: 1...3),
        Row(call: "bind", errors: [EADDRINUSE, EACCES, ENOMEM, EADDRNOTAVAIL], times: 1...1),
        Row(call: "listen", errors: [EADDRINUSE], times: 1...1),
        Row(call: "connect", errors: [ECONNREFUSED, ENETUNREACH, EADDRNOTAVAIL, EAGAIN, EINTR], times: 1...1),
        Row(call: "epoll_ctl", errors: [ENOMEM, ENOSPC, EINTR], times: 1...8),
        Row(call: "epoll_wait", errors: [EINTR], times: 1...12),
        Row(
            call: "accept4",
            errors: [EMFILE, ENFILE, ENOMEM, ENOBUFS, ECONNABORTED, EPROTO, ENETDOWN, EPERM, EAGAIN, EINTR],
            times: 1...3),
        Row(call: "recv", errors: [EINTR, EAGAIN, ECONNRESET, ETIMEDOUT, ENOMEM, 0], times: 1...9),
        Row(call: "send", errors: [EINTR, EAGAIN, ECONNRESET, EPIPE, ENOMEM, ETIMEDOUT, 0], times: 1...9),
        Row(call: "getsockopt", errors: [ENOMEM], times: 1...2),
        Row(call: "pidfd_open", errors: [ESRCH, EPERM, ENOSYS, EMFILE, ENOMEM, EINTR], times: 1...1),
        Row(call: "poll", errors: [EINTR, ENOMEM], times: 1...1),
        Row(call: "memfd_create", errors: [EMFILE, ENFILE, ENOMEM, ENOSYS, EPERM, EINTR], times: 1...2),
        Row(call: "fcntl", errors: [EPERM, EINVAL, EBUSY], times: 1...1),
        Row(call: "mmap", errors: [ENOMEM, EPERM, EACCES], times: 1...1),
        Row(call: "eventfd", errors: [EMFILE, ENFILE, ENOMEM, ENODEV], times: 1...1),
        Row(call: "sendmsg", errors: [EINTR, EAGAIN, ECONNRESET, EPIPE, ENOMEM, ETOOMANYREFS, 0], times: 1...2),
        Row(call: "close", errors: [EINTR, EIO], times: 1...4),
    ]

    @Test(arguments: rows)
    func survivesOrSaysWhyNot(_ row: Row) throws {
        let library = try faults()
        for error in row.errors {
            for time in row.times {
                let plan = "\(row.call) \(error) \(time)"
                let mark = library.folder.path(of: "\(error)-\(time)")
                let life = try Life(["LD_PRELOAD": library.path, "FAULT": plan, "FAULT_MARK": mark])
                let end = try life.run()
                if time == row.times.lowerBound {
                    #expect(FileManager.default.fileExists(atPath: mark), "\(plan): no such call was made")
                }
                #expect(end == .exit(0) || end == .exit(1), "\(plan): \(end)\n\(life.output)")
                if end == .exit(1) { #expect(life.output.hasPrefix("postinvoke: "), "\(plan) says nothing") }
                // Calls that do not really fail, and failures of peers, are survived.
                let isHarmless = [EINTR, EAGAIN, 0].contains(error) && row.call != "connect"
                let isTheirs = [
                    "accept4", "bind", "listen", "close", "pidfd_open", "poll", "memfd_create", "fcntl", "mmap",
                    "eventfd", "sendmsg",
                ].contains(row.call)
                if isHarmless || isTheirs { #expect(end == .exit(0), "\(plan): \(life.output)") }
            }
        }
    }

    /// One call in twenty does less than it could or fails for a moment: nobody notices.
    @Test(arguments: 1...12)
    func survivesAHailOfThem(_ seed: Int) throws {
        let library = try faults()
        let life = try Life(["LD_PRELOAD": library.path, "FAULT": "hail \(seed) 20"], invocations: 40)
        #expect(try life.run() == .exit(0), "seed \(seed): \(life.output)")
    }

    /// One call in fifteen fails, whichever it is, with any of its errors: it goes on or says why not.
    @Test func survivesAStormOrSaysWhyNot() throws {
        let library = try faults()
        var survivors = 0
        let seeds = 1...200
        for seed in seeds {
            let life = try Life(["LD_PRELOAD": library.path, "FAULT": "storm \(seed) 15"], invocations: 20)
            let end = try life.run()
            #expect(end == .exit(0) || end == .exit(1), "seed \(seed): \(end)\n\(life.output)")
            if end == .exit(1) { #expect(life.output.contains("postinvoke: "), "seed \(seed) says nothing") }
            if end == .exit(0) { survivors += 1 }
        }
        // Neither too weak a storm nor too strong a one.
        #expect(survivors > 0 && survivors < seeds.count)
    }

    /// A function that lives on whatever happens to its connection, and a Lambda that has a few events for it.
    private final class Life {
        let scene: Scene
        private let invocations: Int
        private var function: Function?
        /// A further connection of its, over a Unix socket, with a page.
        private var second: Function?
        private var isToldOf = 0
        private var attempts = 0
        private let name = "postinvoke-test-\(getpid())-\(UInt64.random(in: 0 ... .max))"

        init(_ settings: [String: String?], invocations: Int = 3) throws {
            scene = try Scene(settings, alsoAt: "unix:@\(name)")
            self.invocations = invocations
        }

        var output: String { scene.process.standardError }

        func run() throws -> ExtensionProcess.End {
            var isShuttingDown = false
            try scene.wait(for: "the end", every: .milliseconds(2)) {
                if scene.process.hasEnded() { return true }
                if scene.lambda.isWaiting, !isShuttingDown {
                    if isToldOf < invocations {
                        isToldOf += 1
                        try scene.lambda.invoke("id-\(isToldOf)")
                    } else {
                        try expectRest()
                        // A fault may have ended the connection meanwhile.
                        guard scene.lambda.isWaiting else { return false }
                        isShuttingDown = true
                        try scene.lambda.shutDown()
                    }
                }
                live()
                return false
            }
            return scene.process.end ?? .exit(-1)
        }

        private func live() {
            let unix = SocketAddress.unix([0] + name.utf8)
            if function == nil || function!.isClosed {
                // One of the two addresses may be missing.
                attempts += 1
                guard let other = try? scene.connect(to: attempts % 2 == 1 ? nil : unix, toleratesFailure: true) else {
                    return
                }
                function = other
                other.send(check(session: Int(getpid())))
                if isToldOf > 0 { other.send(done("id-\(isToldOf)")) }
            } else if isToldOf > 0, function!.lastDone != isToldOf {
                function!.lastDone = isToldOf
                _ = second?.page?.tell("id-\(isToldOf)")
                // What the page's connection may have lost is said as well.
                function!.send(done("id-\(isToldOf)"))
            }
            // A further connection says that it is of the same process, which is looked at then. The extension may have begun to
            // listen at the other address only.
            if second == nil || second!.isClosed {
                second = try? scene.connect(to: unix, toleratesFailure: true)
                second?.send(check(session: Int(getpid()), page: "1"))
            }
        }

        /// Nothing is to be done, and nothing is done: a process that spins would use the time.
        private func expectRest() throws {
            guard let before = scene.process.processorTime else { return }
            let until = Instant.now + .milliseconds(60)
            while Instant.now < until { try scene.loop.runOnce(until: until) }
            guard let after = scene.process.processorTime else { return }
            #expect(after - before <= 3, "used \(after - before) of 6 ticks while there was nothing to do")
        }
    }

    /// In C: the names, and their errors up to a negative number.
    private static let table = rows.map { row in
        let errors = row.errors.prefix(9).map { "\($0)" } + ["-1"]
        return "{\"\(row.call)\", {\(errors.joined(separator: ", "))}}"
    }.joined(separator: ", ")

    private func faults() throws -> PreloadedLibrary {
        try PreloadedLibrary("checks/Tests/ExtensionTests/Fixtures/faults.c", macros: ["TABLE": Self.table])
    }
}
