import Foundation
import Randomness
import Sandbox
import Testing

/// One strike: who, how, when; and what came of it.
struct StrikeCase: Sendable, CustomStringConvertible {
    /// The strike against the process.
    enum Strike: String, CaseIterable, Sendable {
        case kill = "SIGKILL"
        case segfault = "SIGSEGV"
        /// SIGSTOP, and SIGCONT a little later.
        case pause = "SIGSTOP, SIGCONT"
        /// SIGSTOP, and nobody but the sandbox to end it.
        case stop = "SIGSTOP"
    }

    /// When it happens.
    enum Phase: String, CaseIterable, Sendable {
        case beforeRegister = "just started"
        case initializing = "initializing"
        case polling = "frozen"
        case handler = "handler"
        case holding = "response just sent"
        case closures = "closures"
        case shutdown = "shutdown"
    }

    var victim: Victim
    var strike: Strike
    var phase: Phase
    var seed: UInt64

    var description: String { "\(strike.rawValue) of the \(victim.rawValue), \(phase.rawValue), seed \(seed)" }

    /// The result of a strike.
    struct Result: Sendable {
        /// The answer to the caller of the struck invocation, in a word.
        var caller: String
        /// The failure of the invocation behind its answer, if any.
        var behind: String?
        /// Closures that had to run, those that began and those that ended.
        var promised = 0
        var begun = 0
        var ended = 0
        /// The answers to the callers of the invocations after it, up to the first response.
        var after: [String]
        /// The faults, in words.
        var faults: [String]
    }

    /// The answers that the caller may see.
    var allowed: Set<String> {
        let death = victim == .function ? "Runtime.ExitError" : "Extension.Crash"
        let otherDeath = victim == .function ? "Extension.Crash" : "Runtime.ExitError"
        return switch (strike, phase) {
        // The other one was killed first.
        case (_, .shutdown): [otherDeath, "response"]
        case (.pause, _), (_, .holding), (_, .closures): ["response"]
        // The thaw that comes with the next event wakes it.
        case (.stop, .polling): ["response"]
        case (.stop, .handler): victim == .function ? [Failure.timeoutWord, "response"] : ["response"]
        // The initialization is given up and repeated within the invocation, unless the strike came so late that it was over.
        case (.stop, _): victim == .function ? [Failure.timeoutWord, "response"] : ["response"]
        // The next event may be on its way before the death is noticed.
        case (_, .polling): [death, "response"]
        // It may have come so late that everybody was ready, or the handler through.
        case (_, .beforeRegister), (_, .initializing), (_, .handler): [death, "response"]
        }
    }
}

extension Failure { static var timeoutWord: String { "Sandbox.Timedout" } }

extension StrikeCase {
    /// Plays it.
    func play() throws -> Result {
        var random = SplitMix64(seed: seed)
        // Long enough for a start on a busy machine; whoever stands still is waited for as long, and in the reset half as long.
        let stage = try FaultStage(timeout: strike == .stop ? .seconds(12) : .seconds(60))
        let event = phase == .handler ? #"{"do":"sleep","ms":30}"# : #"{"do":"closures","count":3,"ms":20}"#
        switch phase {
        case .beforeRegister, .initializing:
            arm(stage, &random)
            stage.sandbox.start()
        case .polling:
            stage.sandbox.start()
            _ = try stage.invoke(#"{"do":"echo"}"#)
            // It is frozen by now: the strike comes before the next event.
            try run(stage, microseconds: .random(in: 0...2_000, using: &random))
        case .handler, .holding, .closures, .shutdown:
            stage.sandbox.start()
            // Warm, so that the strike meets what it is meant for.
            _ = try stage.invoke(#"{"do":"echo"}"#)
            arm(stage, &random)
        }
        let struck = try stage.end(of: stage.start(event))
        var result = Result(
            caller: struck.outcome.word, behind: struck.report.responded == nil ? nil : struck.report.failure?.type,
            after: [], faults: [])
        if phase != .polling { try stage.run("the strike of \(self)") { stage.struck == true } }
        try recover(stage, &result)
        count(stage, &result, hasClosures: phase != .handler && struck.report.responded != nil)
        try finish(stage, &result)
        return result
    }

    /// Strikes a random time after the moment.
    private func arm(_ stage: FaultStage, _ random: inout SplitMix64) {
        let name = stage.name(of: victim)
        let limit =
            [Phase.beforeRegister: 2_000, .initializing: 20_000, .handler: 20_000, .closures: 60_000][phase] ?? 1_500
        let delay = Int.random(in: 0...limit, using: &random)
        if phase == .shutdown {
            let other = victim.other
            stage.after(0, of: { if case .delivered(_, "function") = $0 { true } else { false } }) { stage in
                stage.strike(other, SIGKILL)
                stage.after(delay, of: { if case .stopping = $0 { true } else { false } }) { hit($0) }
            }
            return
        }
        stage.after(
            delay,
            of: { [phase, victim] note in
                switch (phase, note) {
                case (.beforeRegister, .started(name)): true
                case (.initializing, .started("function")): victim == .function
                case (.initializing, .registered): victim == .extension
                case (.handler, .delivered(_, "function")): true
                case (.holding, .responded), (.closures, .responded): true
                default: false
                }
            }
        ) { hit($0) }
    }

    private func run(_ stage: FaultStage, microseconds: Int) throws {
        var isTime = false
        stage.after(.microseconds(microseconds)) { _ in isTime = true }
        try stage.run("the moment of \(self)") { isTime }
        hit(stage)
    }

    private func hit(_ stage: FaultStage) {
        switch strike {
        case .kill: stage.strike(victim, SIGKILL)
        case .segfault: stage.strike(victim, SIGSEGV)
        case .stop: stage.strike(victim, SIGSTOP)
        case .pause:
            guard stage.strike(victim, SIGSTOP) else { return }
            stage.after(.milliseconds(10)) { [victim] stage in
                // A frozen process continues with the thaw.
                if !stage.isFrozen { stage.strike(victim, SIGCONT) }
            }
        }
    }

    /// At most one more invocation may fail, one that found a dead process; then all is as before.
    private func recover(_ stage: FaultStage, _ result: inout Result) throws {
        for _ in 0..<2 {
            let probe = try stage.invoke(#"{"do":"echo"}"#)
            result.after.append(probe.outcome.word)
            if probe.outcome.word == "response", probe.report.failure == nil { return }
        }
        result.faults.append("two invocations after it failed: \(result.after)")
    }

    private func count(_ stage: FaultStage, _ result: inout Result, hasClosures: Bool) {
        func count(_ word: String) -> [Int] {
            (1...3).map { number in stage.lines.count { $0 == "closure \(number) \(word)" } }
        }
        let begun = count("begins")
        let ended = count("ends")
        result.promised = hasClosures ? 3 : 0
        result.begun = begun.reduce(0, +)
        result.ended = ended.reduce(0, +)
        if begun.contains(where: { $0 > 1 }) || ended.contains(where: { $0 > 1 }) {
            result.faults.append("a closure ran more than once: \(begun), \(ended)")
        }
        if zip(begun, ended).contains(where: { $0 < $1 }) {
            result.faults.append("a closure ended without a beginning")
        }
        if strike == .pause, phase != .shutdown, result.ended < result.promised {
            result.faults.append("a pause cost closures: \(ended)")
        }
        if !allowed.contains(result.caller) { result.faults.append("the caller saw \(result.caller), of \(allowed)") }
    }

    /// One more invocation with closures, all of which are waited for, and a clean end.
    private func finish(_ stage: FaultStage, _ result: inout Result) throws {
        let last = try stage.invoke(#"{"do":"closures","count":2,"ms":5}"#)
        let ends = stage.lines.suffix { $0.hasPrefix("closure") }
        if last.outcome.word != "response" || last.report.failure != nil || ends < 4 {
            result.faults.append("the last invocation: \(last.outcome.word), \(ends) lines")
        }
        let stop = try stage.shutdown()
        if !stop.isClean { result.faults.append("the shutdown was not clean: \(stop.killed) \(stop.failed)") }
        if !result.faults.isEmpty { result.faults.append(stage.transcript) }
    }
}

extension [String] {
    /// The number of lines since the last `handler closures` that are such.
    fileprivate func suffix(_ isSuch: (String) -> Bool) -> Int {
        guard let start = lastIndex(of: "handler closures") else { return 0 }
        return self[start...].count(where: isSuch)
    }
}
