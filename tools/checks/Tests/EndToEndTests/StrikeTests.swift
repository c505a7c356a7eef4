import Foundation
import Randomness
import Synchronization
import Testing

/// Processes that are struck at random times of every phase, hundreds of times.
struct StrikeTests {
    @Test(arguments: [UInt64.random(in: 0...UInt64.max)])
    func `Whoever is struck, whenever, the next invocation works`(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        var cases: [StrikeCase] = []
        for strike in StrikeCase.Strike.allCases {
            let repeats = [StrikeCase.Strike.kill: 6, .segfault: 4, .pause: 3, .stop: 1][strike]!
            for phase in StrikeCase.Phase.allCases {
                for victim in Victim.allCases {
                    for _ in 0..<repeats {
                        cases.append(StrikeCase(victim: victim, strike: strike, phase: phase, seed: random.next()))
                    }
                }
            }
        }
        var rows: [String: [StrikeCase.Result]] = [:]
        var names: [String] = []
        for (one, result) in await Crew.perform(cases, isPatient: { $0.strike == .stop }, { try $0.play() }) {
            switch result {
            case .failure(let error): Issue.record("\(one), run's seed \(seed): \(error)")
            case .success(let result):
                for fault in result.faults { Issue.record("\(one), run's seed \(seed): \(fault)") }
                let name = "\(one.strike.rawValue) | \(one.victim.rawValue) | \(one.phase.rawValue)"
                if rows[name] == nil { names.append(name) }
                rows[name, default: []].append(result)
            }
        }
        // The table of CONTRIBUTING.md is read off this.
        print("\(cases.count) strikes, seed \(seed)")
        for name in names { print("| \(name) | \(Self.summary(rows[name]!)) |") }
    }

    private static func summary(_ results: [StrikeCase.Result]) -> String {
        func words(_ words: [String]) -> String { Set(words).sorted().joined(separator: ", ") }
        let lost = results.map { max(0, $0.promised - $0.ended) }
        return "\(words(results.map(\.caller))) | \(words(results.compactMap(\.behind))) | "
            + "\(lost.min()!) to \(lost.max()!) | \(words(results.map { $0.after.joined(separator: " then ") }))"
    }
}

/// Threads that do blocking work, since those of Swift's executor are too few and must not be blocked.
enum Crew {
    /// Does the work for every item, most of which is waiting: so many go on at once. Those that wait for a timeout wait all at
    /// once, beside the others; their results come last.
    static func perform<Item: Sendable, Output: Sendable>(
        _ items: [Item], isPatient: (Item) -> Bool, _ work: @escaping @Sendable (Item) throws -> Output
    ) async -> [(Item, Result<Output, any Error>)] {
        let (others, patient) = (items.filter { !isPatient($0) }, items.filter(isPatient))
        async let late = perform(patient, width: patient.count) { item in Result { try work(item) } }
        let results = await perform(others, width: 6) { item in Result { try work(item) } }
        return await Array(zip(others + patient, results + late))
    }

    /// Does the work for every item, `width` at a time; the results are in the items' order.
    private static func perform<Item: Sendable, Output: Sendable>(
        _ items: [Item], width: Int, _ work: @escaping @Sendable (Item) -> Output
    ) async -> [Output] {
        await withCheckedContinuation { continuation in
            let state = Mutex((next: 0, outputs: [Output?](repeating: nil, count: items.count), left: items.count))
            let shared = Shared(state: state)
            for _ in 0..<min(width, items.count) {
                Thread.detachNewThread {
                    while true {
                        let index = shared.state.withLock { state in
                            defer { state.next += 1 }
                            return state.next
                        }
                        guard index < items.count else { return }
                        let output = work(items[index])
                        let outputs = shared.state.withLock { state -> [Output]? in
                            state.outputs[index] = output
                            state.left -= 1
                            return state.left == 0 ? state.outputs.map { $0! } : nil
                        }
                        if let outputs { continuation.resume(returning: outputs) }
                    }
                }
            }
        }
    }

    private final class Shared<Output: Sendable>: Sendable {
        let state: Mutex<(next: Int, outputs: [Output?], left: Int)>
        init(state: consuming Mutex<(next: Int, outputs: [Output?], left: Int)>) { self.state = state }
    }
}
