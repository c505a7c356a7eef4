import Foundation
import Sandbox
import Testing

/// Lambda's APIs that answer wrongly: whatever the call and the answer, the next invocation works.
struct AnswerFaultTests {
    /// The result of one wrong answer.
    private struct Result: Sendable {
        var caller: String
        var behind: String?
        /// Lines of closures that ended.
        var ended: Int
        var after: [String]
        var faults: [String]
    }

    @Test func `Whatever the APIs answer, the next invocation works`() async throws {
        let calls: [(AnswerFault.Call, Int)] = [
            (.register, 1), (.eventNext, 1), (.eventNext, 2), (.next, 1), (.next, 2), (.response, 1), (.error, 1),
        ]
        let kinds: [AnswerFault.Kind] = [.status(403), .status(500), .never, .garbage, .truncated, .reset]
        let faults = calls.flatMap { call, number in kinds.map { AnswerFault(call, $0, occurrence: number) } }
        for (fault, result) in await Crew.perform(faults, isPatient: { $0.kind == .never }, Self.play) {
            switch result {
            case .failure(let error): Issue.record("\(fault): \(error)")
            case .success(let result):
                for text in result.faults { Issue.record("\(fault): \(text)") }
                let allowed = Self.allowed(fault)
                #expect(allowed.contains(result.caller), "\(fault): the caller saw \(result.caller), of \(allowed)")
                print(
                    "| \(fault) | \(result.caller) | \(result.behind ?? "") | \(result.ended) |"
                        + " \(result.after.joined(separator: " then ")) |")
            }
        }
    }

    /// Returns what the caller of the first invocation may see.
    private static func allowed(_ fault: AnswerFault) -> Set<String> {
        switch (fault.call, fault.kind) {
        // Whoever gets no event, or none that can be read, ends; the start is repeated within the invocation.
        case (.register, _), (.next, .status), (.next, .never), (.eventNext, .status), (.eventNext, .never):
            ["response"]
        // An event that was given and lost on the way is nobody's to repeat.
        case (.next, _): fault.occurrence == 1 ? ["Runtime.ExitError"] : ["response"]
        case (.eventNext, _): ["response", "Extension.ExitError"]
        // Refused for good: the event is given again.
        case (.response, .status(403)): ["response"]
        case (.error, .status(403)): ["TestError"]
        case (_, .never): [Failure.timeoutWord]
        case (_, .status): ["Runtime.ExitError"]
        // The service had the answer before its own broke.
        case (.response, _): ["response"]
        default: ["TestError"]
        }
    }

    private static func play(_ fault: AnswerFault) throws -> Result {
        let stage = try FaultStage(timeout: fault.kind == .never ? .seconds(12) : .seconds(60), faults: [fault])
        let event = fault.call == .error ? #"{"do":"throw-with-closure"}"# : #"{"do":"closures","count":2,"ms":5}"#
        stage.sandbox.start()
        let (outcome, report) = try stage.invoke(event)
        let ended = stage.lines.count { $0.hasSuffix(" ends") || $0 == "closure after an error" }
        var result = Result(
            caller: outcome.word, behind: report.responded == nil ? nil : report.failure?.type, ended: ended, after: [],
            faults: [])
        if !stage.lines.contains(where: { $0.hasPrefix("FAULT\tCall: \(fault.call.rawValue)") }) {
            result.faults.append("the fault never came")
        }
        for _ in 0..<2 where result.after.last != "response" {
            result.after.append(try stage.invoke(#"{"do":"echo"}"#).outcome.word)
        }
        let last = try stage.invoke(#"{"do":"closures","count":1}"#)
        let stop = try stage.shutdown()
        if last.outcome.word != "response" || last.report.failure != nil || !stop.isClean {
            result.faults.append("afterwards: \(last.outcome.word), \(last.report.failure?.type ?? ""), \(stop)")
        }
        if stage.stops.count > 3 { result.faults.append("\(stage.stops.count - 1) resets") }
        if !result.faults.isEmpty { result.faults.append(stage.transcript) }
        return result
    }

    /// Two environments on one machine: what strikes the one is nothing to the other.
    @Test func `An environment does not notice what befalls another`() throws {
        let struck = try FaultStage()
        let other = try FaultStage()
        struck.sandbox.start()
        other.sandbox.start()
        for round in 0..<6 {
            let first = struck.start(#"{"do":"closures","count":2,"ms":20}"#)
            let second = other.start(#"{"do":"closures","count":2,"ms":20}"#)
            try struck.run("a response") { struck.outcomes[first] != nil }
            struck.strike(round.isMultiple(of: 2) ? .function : .extension, SIGKILL)
            _ = try struck.end(of: first)
            let (outcome, report) = try other.end(of: second)
            #expect(outcome.word == "response")
            #expect(report.failure == nil)
            #expect(other.lines.count { $0.hasSuffix(" ends") } == 2 * (round + 1))
            // It is a race, which Lambda has too, whether the death was noticed in the hold or at the next invocation.
            _ = try struck.invoke(#"{"do":"echo"}"#)
            #expect(try struck.invoke(#"{"do":"echo"}"#).outcome.word == "response")
        }
        #expect(other.stops.isEmpty)
        #expect(try other.shutdown().isClean)
        #expect(try struck.shutdown().isClean)
    }
}
