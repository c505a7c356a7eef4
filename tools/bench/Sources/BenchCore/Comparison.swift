/// Two things measured in turn, in rounds: what both had of one round lies close together in time, so that whatever
/// slows the machine slows both, and their ratio stays.
package struct Comparison: Sendable {
    /// One ratio a round.
    package let ratios: Samples

    /// - Parameters:
    ///   - subject: what each round measured of the one, a list of values each.
    ///   - reference: what it measured of the other; as many rounds.
    ///   - figure: makes one figure of a round's values, such as their median.
    package init(_ subject: [Samples], to reference: [Samples], by figure: (Samples) -> Double) {
        precondition(subject.count == reference.count, "rounds come in pairs")
        ratios = Samples(zip(subject, reference).map { figure($0) / figure($1) })
    }

    /// The median of the rounds' ratios.
    package var ratio: Double { ratios.median }
}
