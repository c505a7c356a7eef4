import Foundation
import FoundationXML
import SoakCore
import Testing

@Suite struct PageTests {
    private func findings(isGood: Bool, concurrency: Int? = nil) -> Findings {
        var plan = Plan(seed: 5)
        plan.concurrency = concurrency
        var findings = Findings(plan: plan, planned: 1_000)
        for number in 0..<1_000 {
            let place = Double(number) / 1_000
            findings.responses.record(nanoseconds: 200_000 + Int64(number), at: place)
            findings.endings.record(nanoseconds: 90_000, at: place)
            for name in Findings.processes {
                findings.usage[name, default: Usage()].add(
                    Usage.Sample(place: place, age: number, kilobytes: 12_000, descriptors: 15))
            }
        }
        findings.responses.finishPart()
        findings.endings.finishPart()
        findings.ended = 1_000
        findings.seconds = 2
        findings.releases = ["done": 990, "session": 10]
        let cause = Cause.killed(.extension, .segfault, .closures)
        findings.kills = [cause: 1]
        findings.ledger.open(planned(1, [.plain, .plain]))
        findings.ledger.expect(1)
        findings.ledger.attribute(cause)
        findings.ledger.end(1)
        findings.ledger.endEnvironment()
        if !isGood { findings.ledger.fault("5.0: <ended> & more") }
        return findings
    }

    @Test(arguments: [(true, nil), (false, nil), (true, 64), (false, 64)] as [(Bool, Int?)])
    func `The page is well-formed and says what became of the run`(isGood: Bool, concurrency: Int?) throws {
        let findings = findings(isGood: isGood, concurrency: concurrency)
        let page = findings.page
        #expect(page.contains(isGood ? "Everything is accounted for" : "Not everything is accounted for"))
        #expect(page.contains("SIGSEGV of the extension while closures ran"))
        #expect(page.contains("&lt;ended&gt; &amp; more") == !isGood)
        #expect(!page.contains("nan") && !page.contains("inf"))
        // Strict enough to be read as XML, but for the declaration and the two void elements of the head.
        var text = page.replacingOccurrences(of: "<!DOCTYPE html>", with: "")
        text.replace(/<meta [^>]*>/, with: "")
        let reader = XMLParser(data: Data(text.utf8))
        #expect(reader.parse(), "\(String(describing: reader.parserError)) in line \(reader.lineNumber)")
    }

    @Test func `Every picture is there`() {
        let page = findings(isGood: true).page
        #expect(page.components(separatedBy: "<svg").count - 1 == 7)
        #expect(page.components(separatedBy: "<polyline").count - 1 == 12)
        #expect(!page.contains("http:") && !page.contains("https:"))
    }

    /// Every line of these findings lies on another one: the one beneath is the thicker.
    @Test func `A line is seen under another one`() throws {
        let page = findings(isGood: true).page
        let figures = page.components(separatedBy: "<figure>").dropFirst()
        for figure in figures where figure.contains("<polyline") {
            let widths = figure.matches(of: /stroke-width="([0-9.]+)"/).compactMap { Double($0.1) }
            #expect(widths.count == figure.components(separatedBy: "<polyline").count - 1)
            for (under, over) in zip(widths, widths.dropFirst()) { #expect(under >= over + 2) }
            // The legend has what the lines have.
            let swatches = figure.matches(of: /style="height:([0-9.]+)px"/).compactMap { Double($0.1) }
            #expect(swatches == (widths.count > 1 ? widths : []))
        }
        #expect(!page.contains("stroke-width:"))
    }

    @Test func `Many at a time are told of as such`() {
        var findings = findings(isGood: true, concurrency: 64)
        findings.servingSeconds = 1.6
        findings.mostUnderWay = 63
        #expect(
            findings.summary.contains(
                "workers 64: 625.0 invocations a second from the first START to the last END, at most 63 under way"))
        #expect(!findings.summary.contains("releases") && !findings.summary.contains("freezes"))
        #expect(findings.page.contains("1,000 invocations, 64 at a time"))
        #expect(findings.page.contains("<b>625</b> a second from the first START to the last END"))
        #expect(!findings.page.contains("holds") && !findings.page.contains("freezes"))
    }

    @Test func `The summary has the figures`() {
        let summary = findings(isGood: true).summary
        #expect(summary.contains("invocations 1,000 in 2.0 s, 500 a second"))
        #expect(summary.contains("closures 2: 0 ran"))
        #expect(summary.contains("2 SIGSEGV of the extension while closures ran"))
        #expect(summary.contains("12000 and 12000 KiB, 15 and at least 15 descriptors: flat"))
        #expect(summary.hasSuffix("everything is accounted for"))
        #expect(findings(isGood: false).summary.hasSuffix("NOT everything is accounted for"))
    }

    /// An invocation that was not made is no success, however well the rest went.
    @Test(arguments: [
        (StopSignal?.none, 1_000, true, 0, "everything is accounted for"),
        (.termination, 1_000, true, 0, "everything is accounted for"),
        (.none, 1_000, false, 1, "NOT everything is accounted for"),
        (.interruption, 999, true, 130, "1,000 invocations by SIGINT\nwhat ran is accounted for"),
        (.termination, 999, true, 143, "1,000 invocations by SIGTERM\nwhat ran is accounted for"),
        (.hangUp, 999, true, 129, "1,000 invocations by SIGHUP\nwhat ran is accounted for"),
        (.termination, 999, false, 1, "1,000 invocations by SIGTERM\nNOT everything is accounted for"),
        (.none, 999, true, 1, "1,000 invocations by nobody\nNOT everything is accounted for"),
    ])
    func `The exit code and the last lines tell a whole run from a part`(
        signal: StopSignal?, ended: Int, isAccountedFor: Bool, code: Int32, end: String
    ) {
        var findings = findings(isGood: isAccountedFor)
        findings.ended = ended
        findings.stopSignal = signal
        let (summary, page) = (findings.summary, findings.page)
        #expect(findings.exitCode == code)
        #expect(summary.hasSuffix(end))
        #expect(summary.contains("interrupted after 999 of 1,000 invocations") == (ended < 1_000))
        #expect(page.contains("interrupted after 999 of 1,000 invocations") == (ended < 1_000))
        #expect(page.contains("class=\"verdict good\"") == (code == 0))
    }
}
