import BenchCore
import Testing

@Suite struct SamplesTests {
    @Test(
        arguments: [
            ([], 0.5, Double.nan), ([7], 0, 7), ([7], 1, 7), ([1, 2, 3, 4], 0.5, 2), ([1, 2, 3, 4], 0.51, 3),
            ([4, 3, 2, 1], 0.99, 4), ([1, 2, 3, 4], 0.25, 1), (Array(1...100).map(Double.init), 0.99, 99),
        ] as [([Double], Double, Double)])
    func aPercentileIsAMeasuredValue(_ values: [Double], share: Double, expected: Double) {
        let found = Samples(values).percentile(share)
        #expect(found == expected || found.isNaN && expected.isNaN)
    }

    @Test(
        arguments: [([], Double.nan), ([3], 3), ([1, 9], 5), ([9, 1, 2], 2), ([1, 2, 3, 1000], 2.5)]
            as [([Double], Double)])
    func theMedianLiesInTheMiddle(_ values: [Double], expected: Double) {
        let found = Samples(values).median
        #expect(found == expected || found.isNaN && expected.isNaN)
    }

    @Test func theRangeHoldsAll() {
        #expect(Samples([Double]()).range == nil)
        #expect(Samples([3.0, 1, 2]).range == 1...3)
    }

    @Test(
        arguments: [([], ""), ([1.434], "1.43"), ([1, 3], "2 (1…3)"), ([0.99, 1.41, 1], "1 (0.99…1.41)")]
            as [([Double], String)])
    func severalRatiosAreToldWithTheirRange(_ values: [Double], words: String) {
        #expect(Samples(values).words == words)
    }

    @Test func aRatioOfRoundsStaysWhenTheMachineSlowsDown() {
        let quiet = [Samples([10.0, 11, 12]), Samples([10.0, 11, 12])]
        let slow = [Samples([10.0, 11, 12]), Samples([100.0, 110, 120])]
        #expect(Comparison(slow, to: slow) { $0.median }.ratio == 1)
        let twice = slow.map { Samples($0.values.map { $0 * 2 }) }
        let comparison = Comparison(twice, to: slow) { $0.median }
        #expect(comparison.ratio == 2)
        #expect(comparison.ratios.range == 2...2)
        #expect(Comparison(slow, to: quiet) { $0.median }.ratios.range == 1...10)
    }
}
