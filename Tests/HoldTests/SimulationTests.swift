import Hold
import TestSupport
import Testing

/// The policy in a world that does what real ones do, only faster and in a worse order.
@Suite struct SimulationTests {
    @Test(arguments: 0..<8 as Range<UInt64>)
    func keepsItsWordInEveryOrder(block: UInt64) {
        for seed in block * 50..<block * 50 + 50 {
            var world = World(seed: seed)
            world.run(inputs: 300)
            guard let fault = world.fault else { continue }
            Issue.record("seed \(seed): \(fault)\n\(world.trace.map(line).joined(separator: "\n"))")
            return
        }
    }

    private func line(happening: Happening, now: ClockReading, action: HoldPolicy.Action) -> String {
        "\(now.monotonic) \(now.wall)  \(happening.input.text)  ->  \(action.text(at: now))"
    }
}
