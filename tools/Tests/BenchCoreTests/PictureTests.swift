import BenchCore
import Testing

@Suite struct PictureTests {
    @Test(
        arguments: [
            (0, 0), (1_000, 0), (1_039, 0), (1_040, 1), (10_000, 60), (9_990_000, 239), (10_000_000, 239), (1e12, 239),
        ] as [(Double, Int)])
    func aTimeFallsIntoABin(_ nanoseconds: Double, bin: Int) {
        #expect(Distribution.Bins.index(of: nanoseconds) == bin)
    }

    @Test func everySampleIsCounted() {
        let samples = Samples((0..<1000).map { Double($0 * 37) })
        let distribution = Distribution(name: "d", group: 0, samples: samples)
        #expect(distribution.counts.reduce(0, +) == 1000)
        #expect(distribution.median == samples.median)
        #expect(distribution.p99 == samples.percentile(0.99))
    }

    @Test func aLineForEachContestant() {
        let samples = Samples((8_000..<12_000).map(Double.init))
        let picture = Picture(
            title: "a < b & c", subtitle: "s",
            distributions: [
                Distribution(name: "first", group: 0, samples: samples),
                Distribution(name: "second", group: 9, samples: Samples([Double]())),
            ])
        let svg = picture.svg
        #expect(svg.contains("a &lt; b &amp; c"))
        #expect(svg.components(of: "<path").count == 3)
        #expect(!svg.contains("nan"))
        #expect(svg.hasSuffix("</svg>\n"))
    }
}

extension String {
    fileprivate func components(of separator: String) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false)
    }
}
