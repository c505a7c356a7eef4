import BenchCore
import Charts
import Testing

@Suite struct ReportTests {
    @Test(arguments: [
        (Row.Goal.atMost(1.05), 1.05, true), (.atMost(1.05), 1.0501, false), (.atLeast(1.5), 1.5, true),
        (.atLeast(1.5), 1.49, false), (.atMost(6), .nan, false), (.atLeast(6), .nan, false),
    ])
    func aGoalIsMetOrNot(_ goal: Row.Goal, value: Double, isMet: Bool) {
        #expect(Row("n", value: value, goal: goal).isMet == isMet)
    }

    @Test(
        arguments: [
            (0, "0"), (6, "6"), (1.0499, "1.05"), (0.971, "0.97"), (9.994, "9.99"), (9.996, "10.0"), (12.34, "12.3"),
            (99.96, "100"), (513.2, "513"), (-0.001, "0.00"), (-1.5, "-1.50"), (.nan, "–"),
        ] as [(Double, String)])
    func aNumberHasThreeDigits(_ value: Double, words: String) { #expect(value.words == words) }

    @Test(
        arguments: [
            (12, "12 ns"), (999.4, "999 ns"), (1_000, "1 µs"), (9_876, "9.88 µs"), (999_400, "999 µs"),
            (1.5e6, "1.50 ms"),
            (2.5e9, "2.50 s"),
        ] as [(Double, String)])
    func aTimeHasItsUnit(_ nanoseconds: Double, words: String) { #expect(nanoseconds.nanosecondsInWords == words) }

    @Test(
        arguments: [
            (0, "0"), (999.4, "999"), (999.5, "1,000"), (26_566, "26,566"), (1_234_567, "1,234,567"),
            (-1_000, "-1,000"),
            (-100, "-100"), (.infinity, "–"),
        ] as [(Double, String)])
    func aLargeNumberIsGrouped(_ number: Double, words: String) { #expect(number.grouped == words) }

    private var report: Report {
        var report = Report(section: "one", date: "2026-01-02", machine: "m", isQuick: false)
        report.rows = [
            Row("a", measured: "5 µs", reference: "4 µs", value: 1.25, range: 1...2, goal: .atMost(1.2)),
            Row("c", value: 3, unit: "KiB"), Row("bb", value: 6, goal: .atMost(6)),
        ]
        var table = Table([.words("name"), .number("n")])
        table.add(["long name", "1"])
        table.add(["b", "1000"])
        report.tables = [table]
        report.notes = ["loud"]
        return report
    }

    @Test func theTextSaysWhatIsMissed() {
        #expect(
            report.text == """
                one  measured  beside  figure  range  goal
                ───  ────────  ──────  ──────  ─────  ──────  ──────
                a        5 µs    4 µs    1.25  1…2    ≤ 1.20  MISSED
                c                       3 KiB
                bb                          6         ≤ 6     met

                name          n
                ─────────  ────
                long name     1
                b          1000

                note: loud
                """)
    }

    @Test func theMarkdownSaysWhereAndWhen() {
        #expect(
            report.markdown == """
                m, 2026-01-02

                | one | measured | beside | figure | range | goal |  |
                |---|--:|--:|--:|---|---|---|
                | a | 5 µs | 4 µs | 1.25 | 1…2 | ≤ 1.20 | MISSED |
                | c |  |  | 3 KiB |  |  |  |
                | bb |  |  | 6 |  | ≤ 6 | met |

                | name | n |
                |---|--:|
                | long name | 1 |
                | b | 1000 |

                - loud
                """)
        var quick = report
        quick.isQuick = true
        #expect(quick.markdown.hasPrefix("m, 2026-01-02, a short run\n"))
    }

    @Test func theVerdictCountsGoals() {
        #expect([report, report].verdict == "2 of 4 goals met; missed:\n  a\n  a")
        var better = report
        better.rows.removeFirst()
        #expect([better].verdict == "1 of 1 goals met")
        #expect([Report]().verdict == "0 of 0 goals met")
    }
}
