import BenchCore
import Testing

@Suite struct ReportTests {
    @Test(arguments: [
        (Row.Goal.atMost(1.05), 1.05, true), (.atMost(1.05), 1.0501, false), (.atLeast(1.5), 1.5, true),
        (.atLeast(1.5), 1.49, false), (.atMost(6), .nan, false), (.atLeast(6), .nan, false),
    ])
    func aGoalIsMetOrNot(_ goal: Row.Goal, value: Double, isMet: Bool) {
        #expect(Row(section: "s", "n", value: value, goal: goal).isMet == isMet)
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

    @Test func theTableSaysWhatIsMissed() {
        var report = Report(date: "2026-01-02", machine: "m", isQuick: false)
        report.rows = [
            Row(
                section: "one", "a", measured: "5 µs", reference: "4 µs", value: 1.25, range: 1...2, goal: .atMost(1.2)),
            Row(section: "two", "bb", value: 6, goal: .atMost(6)),
            Row(section: "one", "c", value: 3, unit: "KiB"),
        ]
        report.notes = ["loud"]
        #expect(report.missed.map(\.name) == ["a"])
        #expect(
            report.table == """
                one  measured  beside  figure  range  goal
                ───  ────────  ──────  ──────  ─────  ──────  ──────
                a    5 µs      4 µs    1.25    1…2    ≤ 1.20  MISSED
                c                      3 KiB

                two  measured  beside  figure  range  goal
                ───  ────────  ──────  ──────  ─────  ────  ───
                bb                     6              ≤ 6   met

                note: loud
                """)
        #expect(report.markdown.contains("| a | 5 µs | 4 µs | 1.25 | 1…2 | ≤ 1.20 | MISSED |"))
    }
}
