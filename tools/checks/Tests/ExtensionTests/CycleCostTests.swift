import Foundation
import LambdaExtension
import Testing
import ToolsTestSupport

/// Tests the cost of a cycle of INVOKE, `/done` and Next once the extension is warm: six system calls and no
/// allocation.
@Suite struct CycleCostTests {
    @Test(.enabled(if: Binary.canBeTraced, "strace is missing, may not trace, or would see another program's calls"))
    func aCycleTakesSixSystemCalls() throws {
        let folder = try TemporaryFolder()
        let scene = try Scene.polling(
            command: ["strace", "-s", "400", "-o", folder.path(of: "trace")] + Binary.command)
        let function = try scene.openSession()
        func text() -> String { folder.text(of: "trace") ?? "" }
        let cycles = 40
        for cycle in 1...cycles {
            let id = "cycle-\(cycle)."
            try scene.lambda.invoke(id)
            // Only an INVOKE that was read before its done came takes a wait of its own.
            try scene.wait(for: "the trace of \(id)", every: .milliseconds(1)) { text().contains(id) }
            try scene.release(function, id, next: 1 + cycle)
        }
        try scene.shutDown()

        // From reading one INVOKE to reading a later one, so that neither start nor end matters.
        // A debug build allocates, and asks the kernel for memory now and then.
        let lines = text().split(separator: "\n").filter { Binary.isOptimized || !$0.hasPrefix("brk(") }
        func place(_ cycle: Int) throws -> Int {
            try #require(lines.firstIndex { $0.contains(#"\"requestId\":\"cycle-\#(cycle).\""#) })
        }
        var measured = Array(lines[try place(11)..<place(cycles)])
        // Three seconds after the function came the alarm for its first head rings in vain, here if the machine is slow: a wait
        // that ends with nothing else, and two calls that silence the alarm and set it anew.
        let rings = measured.count { $0.contains(alarm) }
        #expect(measured.count { $0.hasPrefix("timerfd_settime") } <= 2 * (rings + 1))
        measured.removeAll { $0.hasPrefix("timerfd_settime") || $0.contains(alarm) && $0.hasSuffix("= 1") }
        let calls = measured.map { String($0.prefix { $0 != "(" }) }
        #expect(calls.count == 6 * (cycles - 11), "\(calls)")
        for cycle in stride(from: 0, to: calls.count - 5, by: 6) {
            // INVOKE, a wait, /done, its answer, Next, a wait.
            #expect(
                calls[cycle..<cycle + 6].map { kinds[$0] ?? $0 } == ["read", "wait", "read", "write", "write", "wait"])
        }
        let writes = measured.filter { kinds[String($0.prefix { $0 != "(" })] == "write" }
        for (index, line) in writes.enumerated() {
            #expect(line.contains(index % 2 == 0 ? "HTTP/1.1 200 OK" : "GET /2020-01-01/extension/event/next"))
        }
    }

    /// The way strace(1) shows that the alarm rings: by its token, the last but one of all.
    private let alarm = "u64=\(UInt64.max - 1)"

    /// The names that C libraries and architectures have for the same calls.
    private let kinds = [
        "read": "read", "recvfrom": "read", "write": "write", "sendto": "write", "epoll_wait": "wait",
        "epoll_pwait": "wait",
    ]

    @Test(
        .enabled(
            if: Binary.takesPreloads, "nothing can be preloaded: linked statically, run by a runner, or sanitized"),
        .enabled(if: Binary.isOptimized, "a debug build of the extension allocates"),
        .enabled(if: PreloadedLibrary.canBeBuilt, "no C compiler"))
    func aCycleAllocatesNothing() throws {
        let counter = try Counter()
        let (scene, function) = try Scene.inSession(counter.settings)
        func run(_ cycles: Range<Int>) throws {
            for cycle in cycles {
                // As Lambda's are: ids of another form are kept as the bytes they have.
                let id = "8476a536-e9f4-11e8-9739-\(100_000_000_000 + cycle)"
                // Every second done comes before its invocation, or at once with it.
                if cycle % 2 == 0 { function.send(done(id)) }
                try scene.lambda.invoke(id)
                if cycle % 2 == 1 { function.send(done(id)) }
                try scene.expectNext(2 + cycle)
            }
            // Whatever follows the last Next has been done when another request is answered.
            try scene.ask(function, check(session: nobody))
        }
        try run(0..<100)
        let before = counter.value
        #expect(before > 0, "the counter was not loaded")
        try run(100..<400)
        #expect(counter.value - before == 0)
    }

    /// A library that counts the allocations of the process it is loaded into, in a file that both can see.
    private final class Counter {
        private let library: PreloadedLibrary
        private var file: URL { URL(fileURLWithPath: library.folder.path(of: "count")) }

        init() throws {
            library = try PreloadedLibrary("bench/c/counter.c")
            try Data(count: 8).write(to: file)
        }

        var settings: [String: String?] { ["LD_PRELOAD": library.path, "ALLOCATION_COUNT": file.path] }

        var value: UInt64 {
            guard let data = try? Data(contentsOf: file), data.count == 8 else { return 0 }
            return data.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        }
    }
}
