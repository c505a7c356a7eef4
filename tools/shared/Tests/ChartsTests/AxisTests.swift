import Charts
import Testing

@Suite struct AxisTests {
    @Test(
        arguments: [
            (.linear, 0, 0, [0, 1]), (.linear, 3, 4, [0, 1, 2, 3, 4, 5]), (.linear, 8, 15, [0, 5, 10, 15, 20]),
            (.linear, 0, 129, [0, 50, 100, 150]), (.logarithmic, 0.4, 42, [0.1, 1, 10, 100]),
            (.logarithmic, 1, 1, [1, 10]), (.logarithmic, 10, 1000, [10, 100, 1000]),
        ] as [(Axis.Scale, Double, Double, [Double])])
    func ticksAreRoundAndEnclose(scale: Axis.Scale, least: Double, most: Double, ticks: [Double]) {
        let found = Axis.ticks(scale, from: least, to: most)
        #expect(found.count == ticks.count)
        for (value, expected) in zip(found, ticks) { #expect(abs(value - expected) <= 1e-9 * expected) }
    }

    @Test func placesAndValuesAreEachOthersInverse() {
        for axis in [Axis(.linear, 2...6), Axis(.logarithmic, 1e3...1e7)] {
            #expect(axis.place(of: axis.bounds.lowerBound) == 0 && axis.place(of: axis.bounds.upperBound) == 1)
            for place in [-0.5, 0.25, 0.5] { #expect(abs(axis.place(of: axis.value(at: place)) - place) < 1e-9) }
        }
        #expect(Axis(.linear, 3...3).place(of: 3) == 0)
        #expect(Axis(.logarithmic, 1...12).digits.map(\.value) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    }

    /// Spans from a microsecond to a day, in nanoseconds.
    @Test(
        arguments: [(.linear, \.short), (.logarithmic, \.nanosecondsInWords)]
            as [(Axis.Scale, any KeyPath<Double, String> & Sendable)])
    func noTwoTicksSayTheSame(scale: Axis.Scale, words: any KeyPath<Double, String> & Sendable) {
        for exponent in 10...47 {
            let most = Double(1 << exponent)
            for least in [1, most / 1e6, most / 100, most * 0.999] {
                let ticks = Axis.ticks(scale, from: max(1, least), to: most).map { $0[keyPath: words] }
                #expect(Set(ticks).count == ticks.count, "\(ticks)")
                #expect(ticks.count >= 2 && ticks.count <= 20)
            }
        }
    }

    @Test(arguments: [(0, "0"), (-0.04, "0"), (1.25, "1.3"), (12, "12"), (-3.5, "-3.5")] as [(Double, String)])
    func numbersOfDrawingsAreShort(number: Double, text: String) { #expect(number.short == text) }
}
