/// Random numbers by the generator SplitMix64: the same seed gives the same ones, on every machine.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Numbers that follow from a seed.
    package init(seed: UInt64) { state = seed }

    /// Numbers that follow from a seed, a place in a run and a purpose, independent of any other such three.
    package init(seed: UInt64, at place: UInt64, for purpose: UInt64) {
        state = Self.mix(Self.mix(seed &+ Self.step &* (place &+ 1)) &+ purpose)
    }

    package mutating func next() -> UInt64 {
        state &+= Self.step
        return Self.mix(state)
    }

    /// True as often as the probability says.
    package mutating func happens(_ probability: Double) -> Bool {
        Double(next() >> 11) * 0x1p-53 < probability
    }

    /// One of the values, each as often as its weight says.
    package mutating func pick<Value>(_ choices: KeyValuePairs<Value, Int>) -> Value {
        var place = Int.random(in: 0..<choices.reduce(0) { $0 + $1.value }, using: &self)
        for (value, weight) in choices {
            place -= weight
            if place < 0 { return value }
        }
        preconditionFailure("the weights do not add up")
    }

    private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

    private static func mix(_ bits: UInt64) -> UInt64 {
        var bits = bits
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
