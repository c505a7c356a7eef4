import SandboxCore
import Testing

/// Functions, extensions and callers that do anything at any time, at full speed on a clock of their own.
@Suite struct SimulationTests {
    @Test(arguments: Array(UInt64(1)...40))
    func everyPromiseIsKept(seed: UInt64) {
        var world = World(Choices(seed: seed), seed: seed)
        for _ in 0..<2_500 { world.step() }
        world.end()
        #expect(world.faults == [], "seed \(seed): \(world.faults.first ?? "")")
        #expect(world.invocations > 20, "seed \(seed) did not get anywhere")
    }
}
