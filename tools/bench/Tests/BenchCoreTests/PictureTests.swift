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
        let plot = RidgePlot(
            title: "a < b & c", subtitle: "s",
            distributions: [
                Distribution(name: "first", group: 0, samples: samples),
                Distribution(name: "second", group: 9, samples: Samples([Double]())),
            ])
        let picture = plot.picture(file: "p.svg")
        let svg = picture.svg
        #expect(picture.file == "p.svg")
        #expect(svg.contains("a &lt; b &amp; c"))
        #expect(svg.components(of: "<path").count == 3)
        #expect(!svg.contains("nan"))
        #expect(svg.hasSuffix("</svg>\n"))
    }

    /// Spans from a hair to the four decades that there are, from each part of a decade.
    @Test(arguments: [1_000, 2_200, 5_500, 6_000, 80_000, 990_000, 7_000_000] as [Double])
    func ticksOfAnAxisTellItsValuesApart(least: Double) {
        for factor in [1, 1.01, 1.5, 3, 20, 1_000] {
            let samples = Samples((0..<100).map { least * (1 + (factor - 1) * Double($0) / 99) })
            let distributions = [Distribution(name: "d", group: 0, samples: samples)]
            let svg = RidgePlot(title: "t", subtitle: "s", distributions: distributions).picture(file: "p.svg").svg
            let ticks = svg.matches(of: /text-anchor="middle">([^<]*)</).map { String($0.1) }
            #expect(!ticks.isEmpty && Set(ticks).count == ticks.count, "\(least) times \(factor): \(ticks)")
        }
    }

    @Test func aBarForEachFigureThatThereIs() {
        let chart = BarChart(
            title: "t", unit: "u", names: ["ours", "theirs"],
            panels: [
                BarChart.Panel([
                    ("both", [2_500, 5_000]), ("one", [1_250, nil]), ("none", [nil, nil]), ("lost", [.nan, 0]),
                ]),
                BarChart.Panel([("small", [7, nil])], heading: "second"),
            ])
        let svg = chart.picture(file: "b.svg").svg
        // The background, the legend, and six bars: the longest of a panel is 560 wide, and what is lost or nothing can
        // still be seen.
        #expect(svg.components(of: "<rect").count == 1 + 1 + 2 + 6)
        let expected = [
            ("280", "2,500"), ("560", "5,000"), ("140", "1,250"), ("1", "–"), ("1", "0"), ("560", "7"),
        ]
        for (width, figure) in expected {
            #expect(svg.contains("width=\"\(width)\" height=\"14\""))
            #expect(svg.contains(">\(figure)</text>"))
        }
        #expect(svg.contains(">second</text>"))
        #expect(!svg.contains("nan"))
    }
}

extension String {
    fileprivate func components(of separator: String) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false)
    }
}
