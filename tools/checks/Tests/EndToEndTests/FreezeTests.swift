import Foundation
import Randomness
import Testing
import ToolsTestSupport

/// Freezes of minutes and hours, in no time: the processes are stopped as always, and while they are their clocks move.
///
/// A library that is loaded before libc adds to whatever a process reads from its clocks; the sandbox has it, too, so that
/// its deadlines agree. Timers that were armed before go by time that passes, as they do in a machine that was stopped.
struct FreezeTests {
    /// Which clocks a freeze moves: a machine that is stopped keeps its monotonic clock, one whose processes are
    /// stopped does not.
    enum Clocks: String, CaseIterable, CustomTestStringConvertible {
        case wall = "the wall clock alone"
        case all = "all clocks"
        var testDescription: String { rawValue }
    }

    @Test(
        .enabled(if: isExtensionReached, "a static extension's clocks cannot be moved"),
        .enabled(if: PreloadedLibrary.canBeBuilt, "no C compiler"), arguments: Clocks.allCases)
    func `Hours of freezing are nothing to anybody`(clocks: Clocks) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix64(seed: seed)
        let shift = try ClockShift()
        let run = try SandboxRun(
            .testFunction(), invocations: 31, environment: shift.variables, sandboxEnvironment: shift.variables)
        let caller = try Caller(of: run)
        let event = #"{"do":"closures","count":2,"ms":3}"#
        for round in 0..<30 {
            #expect(try caller.invoke(event).body == event, "seed \(seed), round \(round)")
            try run.wait(forLine: "REPORT ")
            // Now and then the wall clock is set back, as a machine's clock is when it has run ahead.
            let isBack = Int.random(in: 0..<5, using: &random) == 0
            let seconds = isBack ? -Int.random(in: 1...90, using: &random) : Int.random(in: 60...7_200, using: &random)
            shift.move(wall: seconds, monotonic: clocks == .all ? max(0, seconds) : 0)
        }
        #expect(try caller.invoke(event).body == event)
        let outcome = try run.finish()
        #expect(outcome.exitCode == 0, "seed \(seed): \(outcome)")
        #expect(outcome.invocations.count == 31)
        #expect(outcome.invocations.map(\.status).allSatisfy { $0 == "success" }, "seed \(seed): \(outcome)")
        // Nothing was released early, late or for a deadline, and nothing was cancelled.
        #expect(outcome.releases.allSatisfy { $0.reason == "done" }, "seed \(seed): \(outcome)")
        #expect(outcome.lines.count { $0.hasPrefix("closure ") && $0.hasSuffix(" ends") } == 62)
        #expect(!outcome.lines.contains { $0.contains("cancelled") })
        #expect(outcome.stops.map(\.clean) == [true])
        #expect(outcome.lines.contains { $0.hasPrefix("postinvoke: released") })
    }

    /// True if the extension loads libraries that it is given, as a static one does not.
    static var isExtensionReached: Bool {
        guard let path = try? Program.postinvoke().path, let file = FileManager.default.contents(atPath: path) else {
            return true
        }
        return file.range(of: Data("/lib64/ld-linux".utf8)) != nil || file.range(of: Data("/lib/ld-linux".utf8)) != nil
    }
}

/// The library that moves clocks, and the file that tells it by how much.
final class ClockShift {
    private let library: PreloadedLibrary
    private var path: String { library.folder.path(of: "shift") }
    private var values: [Int64] = [0, 0]

    init() throws {
        library = try PreloadedLibrary("checks/Tests/EndToEndTests/Fixtures/clock-shift.c")
        try write()
    }

    /// What a process has whose clocks are moved.
    var variables: [String: String] { ["LD_PRELOAD": library.path, "CLOCK_SHIFT": path] }

    /// Moves the clocks further by so many seconds.
    func move(wall: Int, monotonic: Int) {
        values[0] += Int64(wall) * 1_000_000_000
        values[1] += Int64(monotonic) * 1_000_000_000
        try? write()
    }

    /// In place: the processes have the file's pages.
    private func write() throws {
        let number = open(path, O_WRONLY | O_CREAT, 0o600)
        guard number >= 0 else { throw TestFailure("\(path): \(errno)") }
        defer { close(number) }
        let count = values.withUnsafeBytes { pwrite(number, $0.baseAddress, $0.count, 0) }
        guard count == 16 else { throw TestFailure("\(path): \(errno)") }
    }
}
