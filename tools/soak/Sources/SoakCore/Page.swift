import Charts

extension Findings {
    /// The report: one HTML page with its pictures in it, for light and dark screens, that loads nothing.
    package var page: String {
        let account = isInterrupted ? "What ran is accounted for" : "Everything is accounted for"
        let verdict = (isGood ? account : "Not everything is accounted for") + (interruption.map { ", \($0)" } ?? "")
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>soak: \(verdict)</title><style>\(Self.style)</style></head><body>
            <h1>\(ended.grouped) invocations\(workers)</h1>
            <p class="verdict \(exitCode == 0 ? "good" : "bad")">\(verdict)</p>
            <p>Seed \(plan.seed); in a thousand invocations \(plan.killsPerThousand) kills, \(plan.stallsPerThousand) stalls, \
            \(plan.overrunsPerThousand) closures beyond the deadline, \(plan.hangsPerThousand) handlers beyond the timeout.</p>
            \(tiles)
            \(faultList)
            <h2>Times</h2>\(timeCharts)\(timeTable)
            <h2>Memory and descriptors</h2>\(usageCharts)\(usageTable)
            \(releaseChart)
            <h2>Closures lost</h2><p>By what ended their environment.</p>\(table(ledger.totals.lost, "closures"))
            <h2>Kills</h2><p>By what they met.</p>\(table(kills, "kills"))
            <h2>What the callers saw</h2>\(table(unanswered, "invocations without an answer of the function"))
            \(table(failedBehindAnswer, "invocations that failed behind a good answer"))
            </body></html>

            """
    }

    // MARK: Parts

    private var tiles: String {
        let totals = ledger.totals
        let lost = totals.lost.values.reduce(0, +)
        let (others, fate) =
            isConcurrent
            ? (totals.met, "met one of another invocation") : (totals.spilled, "ended in a later invocation")
        var tiles = [
            (Progress.clock(seconds), "at \(Int(rate).grouped) a second"),
            (totals.ran.grouped, "of \(totals.expected.grouped) closures ran, each once"),
            (lost.grouped, "lost with their cause, \(totals.cutShort) of them begun"),
            (others.grouped, "\(fate), \(totals.cancelled) were cancelled"),
            (kills.values.reduce(0, +).grouped, "kills, \(stalls.grouped) stalls"),
            (starts.grouped, isConcurrent ? "environments" : "environments, \(freezes.grouped) freezes"),
        ]
        if isConcurrent {
            tiles += [
                (Int(throughput).grouped, "a second from the first START to the last END"),
                (
                    mostUnderWay.grouped,
                    "under way at most, closures of \(totals.mostRunning.grouped) at the same time"
                ),
                (totals.unexpected.grouped, "ran after an answer that was refused"),
            ]
        }
        return "<div class=\"tiles\">"
            + tiles.map { "<div><b>\($0.0)</b> \($0.1.escaped)</div>" }.joined() + "</div>"
    }

    private var workers: String { plan.concurrency.map { ", \($0.grouped) at a time" } ?? "" }

    /// Nothing is held where many events are handled at a time.
    private var releaseChart: String {
        isConcurrent ? "" : "<h2>Why holds ended</h2>\(bars(releases.map { ($0.key, $0.value) }))"
    }

    private var faultList: String {
        guard ledger.faultCount > 0 || ledger.openCount > 0 else { return "" }
        return "<h2>Faults: \(ledger.faultCount); not settled: \(ledger.openCount)</h2><ul class=\"bad\">"
            + ledger.faults.map { "<li>\($0.escaped)</li>" }.joined() + "</ul>"
    }

    private var ends: (String, String) { ("0", "\(ended.grouped) invocations") }

    private var timeCharts: String {
        [
            ("START until the caller has the response", responses),
            (isConcurrent ? "The response until the last closure's end" : "The last closure's end until END", endings),
        ].map { title, latencies in
            func line(_ name: String, _ color: String, _ value: (Latencies.Summary) -> UInt64) -> Chart.Line {
                let points = latencies.parts.enumerated().compactMap { index, part in
                    part.map { (x: (Double(index) + 0.5) / Double(Self.parts), y: Double(value($0)) / 1e6) }
                }
                return Chart.Line(name: name, color: color, points: points)
            }
            return Chart(
                title: title, scale: .logarithmic,
                lines: [line("p50", "a", \.p50), line("p99", "b", \.p99), line("longest", "c", \.longest)],
                format: { ($0 * 1e6).nanosecondsInWords }, ends: ends
            ).html
        }.joined()
    }

    private var timeTable: String {
        var table = Table(
            [.words("")] + ["measured", "p50 ms", "p99 ms", "longest ms"].map { .number($0) })
        for (title, latencies) in [("response", responses), (isConcurrent ? "closures" : "end", endings)] {
            for (part, summary) in latencies.shown {
                table.add(
                    ["\(title), \(part)", summary.count.grouped]
                        + [summary.p50, summary.p99, summary.longest].map { (Double($0) / 1e6).with(decimals: 3) })
            }
        }
        return table.html
    }

    private var usageCharts: String {
        let colors = ["a", "b", "c"]
        var html = ""
        for name in Self.processes {
            guard let samples = usage[name]?.samples else { continue }
            let isLarge = samples.contains { $0.kilobytes >= 4096 }
            let points = samples.map { (x: $0.place, y: Double($0.kilobytes) / (isLarge ? 1024 : 1)) }
            html +=
                Chart(
                    title: "Memory of the \(name), resident", scale: .linear,
                    lines: [Chart.Line(name: name, color: "a", points: points)],
                    format: { "\($0.short) \(isLarge ? "MiB" : "KiB")" }, ends: ends
                ).html
        }
        let lines = Self.processes.enumerated().compactMap { index, name in
            usage[name].map { usage in
                Chart.Line(
                    name: name, color: colors[index], points: usage.samples.map { ($0.place, Double($0.descriptors)) })
            }
        }
        return html
            + Chart(title: "Open descriptors", scale: .linear, lines: lines, format: \.short, ends: ends).html
    }

    private var usageTable: String {
        var table = Table(
            [.words("")]
                + ["KiB, young", "KiB, old", "descriptors, young", "descriptors, old", "flat"].map { .number($0) })
        for name in Self.processes {
            guard let memory = usage[name]?.memory, let descriptors = usage[name]?.descriptors else {
                table.add([name, "–", "–", "–", "–", "looked at too seldom"])
                continue
            }
            let figures = [memory.early, memory.late, descriptors.early, descriptors.late].map(\.grouped)
            table.add([name] + figures + [memory.isFlat && descriptors.isFlat ? "yes" : "NO"])
        }
        return """
            \(table.html)
            <p class="note">Medians of the fifth of the looks at which a process was youngest, its first \(Usage.warmUp) \
            invocations left aside, and of the fifth at which it was oldest; there, of descriptors, the fewest. Flat: memory grew by no more than 3 % and 768 KiB, \
            descriptors not at all.</p>
            """
    }

    private func table(_ counts: [Cause: Int], _ what: String) -> String {
        guard !counts.isEmpty else { return "<p>No \(what).</p>" }
        var table = Table([.words(""), .number(what)])
        for (cause, count) in counts.sorted(by: { $0.key < $1.key }) { table.add([cause.description, count.grouped]) }
        table.add(["in all", counts.values.reduce(0, +).grouped])
        return table.html
    }

    private func bars(_ counts: [(name: String, count: Int)]) -> String {
        let most = max(1, counts.map(\.count).max() ?? 1)
        var svg = SVG(inPage: 720, by: Double(24 * counts.count + 4), title: "Why holds ended")
        for (index, bar) in counts.sorted(by: { $0.count > $1.count }).enumerated() {
            let (width, y) = (Double(max(1, 480 * bar.count / most)), Double(24 * index))
            svg.write(bar.name, 0, y + 16, size: nil, color: nil, anchor: nil)
            svg.add("rect", ["class": "a", "x": 90.0, "y": y + 3, "width": width, "height": 17.0, "rx": 2.0])
            svg.write(bar.count.grouped, 96 + width, y + 16, size: nil, color: nil, anchor: nil)
        }
        return "<figure>\(svg.document)</figure>"
    }

    private static let style = """
        :root{color-scheme:light dark;--text:#1b2430;--faint:#5b6675;--paper:#fff;--grid:#d7dde5;--tile:#f4f6f8;\
        --a:#2f72bd;--b:#d2762c;--c:#8250c4;--good:#12805c;--bad:#c2271d}
        @media(prefers-color-scheme:dark){:root{--text:#e3e8ee;--faint:#9aa6b4;--paper:#14181d;--grid:#333c46;\
        --tile:#1f262d;--a:#6cb0f5;--b:#f0a467;--c:#bd96ee;--good:#4cc79c;--bad:#ff7b70}}
        body{font:15px/1.5 system-ui,sans-serif;color:var(--text);background:var(--paper);max-width:760px;margin:2em auto;\
        padding:0 16px}
        h1,h2{line-height:1.2}h2{margin-top:1.8em}.verdict{font-size:1.25em;font-weight:600}
        .good{color:var(--good)}.bad{color:var(--bad)}.note,figcaption{color:var(--faint)}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(210px,1fr));gap:10px}
        .tiles div{background:var(--tile);border-radius:6px;padding:10px 12px}.tiles b{display:block;font-size:1.35em}
        figure{margin:1em 0}svg{display:block;width:100%;height:auto}svg text{font-size:12px;fill:var(--faint)}
        svg .grid{stroke:var(--grid)}polyline{fill:none;stroke-linejoin:round}polyline.a{stroke:var(--a)}\
        polyline.b{stroke:var(--b)}polyline.c{stroke:var(--c)}rect.a{fill:var(--a)}
        .legend{margin:.2em 0;color:var(--faint)}.legend span{display:inline-block;width:18px;\
        margin:0 6px 4px 12px;vertical-align:middle}.legend .a{background:var(--a)}.legend .b{background:var(--b)}.legend .c{background:var(--c)}
        table{border-collapse:collapse;margin:1em 0}th,td{padding:3px 14px 3px 0;border-bottom:1px solid var(--grid)}
        td{text-align:right;font-variant-numeric:tabular-nums}th{text-align:left;font-weight:500}
        """
}
