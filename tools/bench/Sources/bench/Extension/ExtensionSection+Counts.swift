import BenchCore
import CBench
import Charts
import Foundation

extension ExtensionSection {
    /// System calls a cycle, counted by a tracer.
    func countCalls(into report: inout Report) throws {
        var trace: OpaquePointer?
        var tracer: pid_t = -1
        let placement = placements[0]
        let contestant = try Contestant("postinvoke, traced", [programs.extension], on: placement) { launch in
            let started = try launch.spawnTraced(on: placement.extension)
            (tracer, trace) = (started.tracer, started.trace)
            // The process itself is started by its tracer.
            while bench_traced_pid(started.trace) == 0 { usleep(1000) }
            return bench_traced_pid(started.trace)
        }
        guard let trace else { return }
        defer {
            contestant.letGo()
            bench_end_trace(tracer, trace)
        }
        try contestant.warmUp(100)
        let before = settledCalls(trace)
        try contestant.warmUp(effort.countedCycles)
        let perCycle = Double(settledCalls(trace) - before) / Double(effort.countedCycles)
        report.rows.append(Row("system calls a cycle", value: perCycle, goal: .atMost(6)))
    }

    /// The calls so far, once the extension sleeps: the wait that follows Next is counted too.
    private func settledCalls(_ trace: OpaquePointer) -> Int64 {
        var calls = bench_calls(trace)
        while true {
            usleep(5_000)
            let now = bench_calls(trace)
            if now == calls { return now }
            calls = now
        }
    }

    /// Heap allocations a cycle, counted by a library that stands before malloc; a static executable takes none, so that
    /// this is the same source in the same language mode, linked to the system's C library.
    func countAllocations(into report: inout Report) throws {
        guard let countable = programs.countable, let counter = programs.counter else {
            return report.notes.append("allocations were not counted: no build that takes a preloaded library")
        }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("bench-\(UUID().uuidString)")
        try Data(count: 8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let contestant = try Contestant(
            "postinvoke, counted", [countable], on: placements[0],
            environment: ["LD_PRELOAD": counter, "ALLOCATION_COUNT": file.path])
        func count() throws -> UInt64 {
            try Data(contentsOf: file).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        }
        try contestant.warmUp(100)
        let before = try count()
        guard before > 0 else { throw Failure("the allocation counter was not loaded") }
        try contestant.warmUp(effort.countedCycles)
        let perCycle = Double(try count() - before) / Double(effort.countedCycles)
        report.rows.append(Row("heap allocations a cycle", value: perCycle, goal: .atMost(0)))
    }

    /// Instructions a cycle in user space, beside those recorded.
    func countInstructions(into report: inout Report) throws {
        guard let record = programs.instructions else { return }
        let measured = try InstructionCount.cycle(of: programs.extension).instructions
        let recorded = try InstructionCount.recorded(in: record)
        report.rows.append(
            Row(
                "instructions a cycle in user space, beside those recorded", measured: "\(measured)",
                reference: "\(recorded)", value: Double(measured) / Double(recorded),
                goal: .atMost(1 + InstructionCount.tolerance)))
    }

    /// Memory while an invocation is held, after many cycles, and what it has grown by since the first ones.
    func measureMemory(into report: inout Report) throws {
        let contestant = try Contestant("postinvoke", [programs.extension], on: placements[0])
        try contestant.warmUp(effort.memoryCycles / 100)
        let early = try contestant.memory()
        _ = try contestant.invoke()
        addMemory("while holding", try contestant.memory(), to: &report)
        _ = try contestant.done()
        try contestant.expectNext()
        for _ in 0..<10 { try contestant.warmUp(effort.memoryCycles / 10) }
        let late = try contestant.memory()
        addMemory("after \(effort.memoryCycles.grouped) cycles", late, to: &report)
        report.rows.append(
            Row(
                "growth of resident memory since cycle \((effort.memoryCycles / 100).grouped)",
                value: Double(late.resident - early.resident) / 1024, unit: "KiB", goal: .atMost(0)))
    }

    private func addMemory(_ when: String, _ memory: Memory, to report: inout Report) {
        report.rows += [
            Row("resident memory \(when)", value: Double(memory.resident) / 1024, unit: "KiB", goal: .atMost(400)),
            Row(
                "private dirty memory \(when)", value: Double(memory.privateDirty) / 1024, unit: "KiB",
                goal: .atMost(100)),
        ]
    }
}
