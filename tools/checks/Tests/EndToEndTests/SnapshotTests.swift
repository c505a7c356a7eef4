import Foundation
import Testing
import ToolsTestSupport

/// A snapshot that is restored long after it was taken: everything is stopped, and its clocks move meanwhile, as in
/// ``FreezeTests``.
struct SnapshotTests {
    /// By how many seconds the clocks move.
    struct Move: CustomTestStringConvertible {
        let wall: Int
        let monotonic: Int
        var testDescription: String { "the wall clock by \(wall) s, the others by \(monotonic) s" }
    }

    @Test(
        .enabled(if: FreezeTests.isExtensionReached, "a static extension's clocks cannot be moved"),
        .enabled(if: PreloadedLibrary.canBeBuilt, "no C compiler"),
        arguments: [
            Move(wall: 7_200, monotonic: 0), Move(wall: 7_200, monotonic: 7_200), Move(wall: 100_000, monotonic: 60),
            Move(wall: -3_600, monotonic: 0),
        ], [true, false])
    func `A restore hours later is nothing to anybody`(move: Move, hasHooks: Bool) throws {
        let shift = try ClockShift()
        let hooks = hasHooks ? ["TEST_RESTORE": #"[["clock"]]"#] : [:]
        let run = try SandboxRun(
            .scriptedFunction(), invocations: 3, environment: shift.variables.merging(hooks) { $1 },
            sandboxEnvironment: shift.variables,
            options: ["--snap-start", "--drop-connections", "--restore-limit", "60"])
        let caller = try Caller(of: run)
        try run.wait(forLine: "SNAPSHOT Runtime waits in: \(hasHooks ? "restore/next" : "invocation/next")")
        shift.move(wall: move.wall, monotonic: move.monotonic)
        for number in 0..<3 {
            let answer = try caller.invoke("{\"steps\":[[\"remaining\"],[\"respond\",\(number)]]}")
            #expect(answer.body == "\(number)")
        }
        let outcome = try run.finish()
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.invocations.map(\.status) == ["success", "success", "success"], "\(outcome)")
        #expect(outcome.invocations.map { $0.restoreUs != nil } == [true, false, false])
        // The function's deadlines are those of the clock that it reads, and nobody took the pause for its own time.
        let remaining = outcome.lines.filter { $0.hasPrefix("remaining ") }.compactMap {
            Int($0.split(separator: " ")[1])
        }
        #expect(remaining.count == 3 && remaining.allSatisfy { (1...60_000).contains($0) }, "\(outcome)")
        #expect(outcome.restores.map(\.status) == ["success"])
        #expect(outcome.restores.allSatisfy { ($0.durationUs ?? .max) < 60_000_000 })
        #expect(outcome.stops.map(\.clean) == [true])
        guard hasHooks else { return }
        func time(_ beginning: String) throws -> Int {
            let line = try #require(outcome.lines.first { $0.hasPrefix(beginning) }, "\(outcome)")
            return try #require(line.split(separator: " ").last.flatMap { Int($0) })
        }
        #expect(try time("clock ") - time("function: before the snapshot at ") >= move.wall)
    }
}
