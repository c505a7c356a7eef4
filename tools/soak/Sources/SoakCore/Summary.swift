import Charts

extension Findings {
    /// The figures of a run, a line each.
    package var summary: String {
        let totals = ledger.totals
        var lines = [
            "seed \(plan.seed)",
            "invocations \(ended.grouped) in \(seconds.with(decimals: 1)) s, \(Int(rate).grouped) a second; "
                + "\(answered.grouped) answered, \(errors.grouped) of them with an error of the function",
            "environments \(starts.grouped), "
                + (isConcurrent ? "" : "freezes \(freezes.grouped), ")
                + "stalls \(stalls.grouped), shutdown closures \(shutdownClosures.grouped)",
            "closures \(totals.expected.grouped): \(totals.ran.grouped) ran "
                + "(\(totals.cancelled) cancelled at the deadline, "
                + (isConcurrent
                    ? "\(totals.met) met one of another invocation), " : "\(totals.spilled) into a later invocation), ")
                + "\(totals.lost.values.reduce(0, +).grouped) lost (\(totals.cutShort) of them had begun); "
                + "\(totals.unexpected) ran after an answer that was refused",
        ]
        if let workers { lines.append(workers) }
        lines += Self.table("kills", kills)
        if missedKills > 0 { lines.append("  \(missedKills) came when their victim was not there") }
        lines += Self.table("invocations without an answer", unanswered)
        lines += Self.table("invocations that failed behind their answer", failedBehindAnswer)
        lines += Self.table("closures lost", totals.lost)
        if !isConcurrent {
            lines.append(
                "releases: "
                    + releases.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        }
        lines += Self.times("response (START until the caller has it)", responses)
        lines += Self.times(
            isConcurrent ? "closures (response until the last one's end)" : "end (last closure until END)", endings)
        for name in Self.processes { lines += usageLines(name) }
        if ledger.openCount > 0 { lines.append("NOT SETTLED: \(ledger.openCount) invocations") }
        lines += ledger.faults.map { "FAULT: \($0)" }
        if ledger.faultCount > ledger.faults.count {
            lines.append("FAULT: and \(ledger.faultCount - ledger.faults.count) more")
        }
        if let interruption { lines.append(interruption) }
        if isGood {
            lines.append(isInterrupted ? "what ran is accounted for" : "everything is accounted for")
        } else {
            lines.append("NOT everything is accounted for")
        }
        return lines.joined(separator: "\n")
    }

    /// The figures by which runs with many events at a time have to be compared.
    private var workers: String? {
        plan.concurrency.map { workers in
            "workers \(workers.grouped): \(throughput.with(decimals: 1)) invocations a second from the first START to the last "
                + "END, at most \(mostUnderWay.grouped) under way and closures of "
                + "\(ledger.totals.mostRunning.grouped) at the same time"
        }
    }

    private static func table(_ title: String, _ counts: [Cause: Int]) -> [String] {
        ["\(title): \(counts.values.reduce(0, +).grouped)"]
            + counts.sorted { $0.key < $1.key }.map { "  \($0.value) \($0.key)" }
    }

    private static func times(_ title: String, _ latencies: Latencies) -> [String] {
        latencies.shown.map {
            "\(title), \($0): p50 \($1.p50 / 1_000) us, p99 \($1.p99 / 1_000) us, longest \($1.longest / 1_000) us"
        }
    }

    private func usageLines(_ name: String) -> [String] {
        guard let usage = usage[name], let first = usage.samples.first, let last = usage.samples.last else { return [] }
        var line =
            "\(name): memory \(first.kilobytes) KiB at first, \(last.kilobytes) at last; "
            + "descriptors \(first.descriptors) at first, \(last.descriptors) at last"
        if let memory = usage.memory, let descriptors = usage.descriptors {
            line +=
                "; young and old medians \(memory.early) and \(memory.late) KiB, \(descriptors.early) and at least "
                + "\(descriptors.late) descriptors: \(memory.isFlat && descriptors.isFlat ? "flat" : "NOT FLAT")"
        } else {
            line += "; too few looks to judge"
        }
        return [line]
    }
}
