import Charts
@testable import SandboxCore
import Testing
import Timeline

@Suite struct RecorderTests {
    @Test func spansFollowTheFacts() {
        var life = Script()
        life.coldStart()
        life.invocation(1)
        let episode = life.episode
        #expect(
            episode.spans.filter { $0.lane == .function }.map(\.kind)
                == [.starting, .idle, .invoke, .closures])
        #expect(episode.spans.filter { $0.lane == .extension(0) }.map(\.kind) == [.starting, .idle, .hold])
        #expect(episode.spans.filter { $0.lane == .environment }.map(\.kind) == [.starting, .invoke])
        #expect(episode.response == .milliseconds(2))
        #expect(episode.number == 1)
    }

    /// Only with this project's extension are there closures, for which that holds the environment awake: without it nobody knows
    /// what a function does between its response and its next call.
    @Test func withoutClosuresNobodySpeaksOfThem() {
        var life = Script(name: "other")
        life.coldStart()
        life.invocation(1)
        let spans = life.episode.spans.filter { $0.lane == .function }.map(\.kind)
        #expect(spans == [.starting, .idle, .invoke, .untilNext, .idle])
        #expect(!life.recorder.svg().contains("closures") && life.recorder.svg().contains("until next"))
    }

    @Test func nobodyWaitsForAnEvent() {
        var life = Script()
        life.coldStart()
        life.invocation(1, queued: .seconds(1), failure: "Broke", attempt: 2)
        #expect(
            !life.episode.spans.contains { $0.lane == .caller } && !life.episode.marks.contains { $0.lane == .caller })
        #expect(life.episode.heading == "invocation 1, attempt 2 of 3: Broke")
        life.invocation(2)
        #expect(life.episode.spans.contains { $0.lane == .caller } && life.episode.heading == "invocation 2")
    }

    @Test func aLongRunIsSummedUp() {
        var life = Script()
        life.coldStart()
        for number in 1...10_000 { life.invocation(number) }
        let svg = life.recorder.svg()
        #expect(svg.contains("function: 10000 invocations"))
        #expect(svg.contains("… 9993 more …"))
        #expect(svg.contains(">invocation 4<"))
        #expect(!svg.contains(">invocation 5<"))
        #expect(svg.contains(">invocation 9998<"))
        #expect(svg.utf8.count < 100_000)
    }

    @Test(arguments: [1, 2, 7, 8, 9])
    func everyInvocationIsDrawnOrCounted(count: Int) {
        var life = Script()
        life.coldStart()
        for number in 1...count { life.invocation(number) }
        let drawn = life.recorder.svg().split(separator: "\n").count { $0.contains("\"600\">invocation ") }
        #expect(drawn == min(count, 7))
        #expect(life.recorder.svg().contains("more …") == (count > 7))
    }

    @Test func theDocumentIsWellFormed() {
        var life = Script(title: "<&\"\u{1}>")
        life.coldStart()
        life.invocation(1, failure: "Runtime.<ExitError>")
        #expect(wellFormed(life.recorder.svg()))
        #expect(wellFormed(Recorder(title: "nothing", extensions: []).svg()))
    }

    @Test func severalEnvironmentsStandBelowEachOtherOnOneClock() {
        var one = Script(title: "one")
        var two = Script(title: "two")
        two.pass(.seconds(5))
        one.coldStart()
        two.coldStart()
        one.invocation(1)
        two.invocation(1)
        let svg = Recorder.svg(of: [one.recorder, two.recorder])
        #expect(wellFormed(svg))
        #expect(svg.contains(">one: 1 invocation<") && svg.contains(">two: 1 invocation<"))
        #expect(svg.split(separator: "\n").count { $0.hasPrefix("<g ") } == 1)
        #expect(svg.contains(">5.00 s<"))
        #expect(!two.recorder.svg().contains(">5.00 s<"))
    }

    @Test func theSameLifeMakesTheSamePicture() {
        var one = Script()
        var two = Script()
        for number in 1...3 {
            one.invocation(number)
            two.invocation(number)
        }
        #expect(one.recorder.svg() == two.recorder.svg())
    }

    @Test func nothingIsDrawnOutsideThePage() {
        var life = Script()
        life.coldStart()
        for number in 1...9 { life.invocation(number, hold: .seconds(number * 100)) }
        let svg = life.recorder.svg()
        for line in svg.split(separator: "\n") where line.hasPrefix("<rect x") {
            let numbers = line.split(separator: "\"").compactMap { Double($0) }
            #expect(numbers[0] >= 0 && numbers[0] + numbers[2] <= Drawing.pageWidth, "\(line)")
        }
    }
}

/// The texts of a picture, and their places.
@Suite struct WordsTests {
    private struct Element {
        var attributes: [String: String] = [:]
        var words = ""

        init(_ line: Substring) {
            for attribute in line.matches(of: /([a-z-]+)="([^"]*)"/) {
                attributes[String(attribute.1)] = String(attribute.2)
            }
            if let text = line.firstMatch(of: />([^<>]+)<\/text>/) { words = String(text.1) }
        }

        func number(_ name: String) -> Double { attributes[name].flatMap(Double.init) ?? .nan }
    }

    private func elements(_ name: String, of svg: String) -> [Element] {
        svg.split(separator: "\n").filter { $0.hasPrefix("<\(name) ") }.map { Element($0) }
    }

    /// Invocations so short that one stands close to the next, each failed.
    private func shortFailures(_ count: Int) -> String {
        var life = Script()
        life.coldStart()
        for number in 1...count { life.invocation(number, hold: .microseconds(10), failure: "Runtime.ExitError") }
        return life.recorder.svg()
    }

    @Test(arguments: [1, 2, 3, 7, 9])
    func noBarStandsOnTheWordsOfAnError(count: Int) {
        let svg = shortFailures(count)
        let labels = elements("text", of: svg).filter { $0.words.hasPrefix("error after ") }
        #expect(labels.count == min(count, 7))
        let bars = elements("rect", of: svg).filter { $0.attributes["height"] == "26" }
        for label in labels {
            let (x, y) = (label.number("x"), label.number("y"))
            let end = x + SVG.width(of: label.words, isBold: true)
            #expect(end <= Drawing.pageWidth)
            for bar in bars where bar.number("y") < y && y < bar.number("y") + 26 {
                #expect(bar.number("x") >= end || bar.number("x") + bar.number("width") <= x)
            }
        }
    }

    @Test func aHeadingEndsBeforeTheNextOne() {
        let headings = elements("text", of: shortFailures(7)).filter { $0.words.hasPrefix("invocation ") }
        #expect(headings.count == 7)
        for (one, next) in zip(headings, headings.dropFirst()) where one.number("y") == next.number("y") {
            #expect(one.number("x") + SVG.width(of: one.words, size: 12, isBold: true) < next.number("x"))
        }
    }

    /// The time to the response is counted from START; what a caller waited before is told apart.
    @Test func whatACallerWaitsBeforeStartIsABarOfItsOwn() {
        var life = Script()
        life.invocation(1, queued: .microseconds(8_200))
        let spans = life.episode.spans.filter { $0.lane == .caller }
        #expect(spans.map(\.kind) == [.queued, .asking])
        #expect(spans.map(\.duration) == [.microseconds(8_200), .milliseconds(2)])
        #expect(life.episode.response == .milliseconds(2))
        let svg = life.recorder.svg()
        for words in ["to START 8.2 ms", "waiting 2.0 ms", "response after 2.0 ms", "waiting for START"] {
            #expect(svg.contains(">\(words)<"))
        }
    }

    /// Powers of two from a microsecond to a day, and the hairs by which boundaries differ.
    @Test(arguments: Array(stride(from: 0, through: 36, by: 3))) func noTwoTicksSayTheSame(exponent: Int) {
        for hair in [Duration.nanoseconds(100), .microseconds(1), .milliseconds(1), .seconds(1)] {
            var life = Script()
            life.coldStart()
            let hold = Duration.microseconds(1 << exponent)
            for number in 1...3 { life.invocation(number, hold: hold, idle: hair) }
            let ticks = elements("text", of: life.recorder.svg()).filter { $0.attributes["font-size"] == "10" }
            let rows = Dictionary(grouping: ticks, by: { $0.attributes["y"]! })
            #expect(!rows.isEmpty)
            for row in rows.values { #expect(Set(row.map(\.words)).count == row.count, "\(row.map(\.words))") }
        }
    }

    @Test func aTimeSinceStartSaysOfWhichInvocationWhereThereAreSeveral() {
        var life = Script()
        life.invocation(1)
        #expect(life.recorder.svg().contains(">+2.0 ms<"))
        life.invocation(2)
        let svg = life.recorder.svg()
        for words in ["1: +2.0 ms", "2: +2.0 ms"] { #expect(svg.contains(">\(words)<")) }
        #expect(svg.contains("2: + is the time since the START of invocation 2."))
    }
}

@Suite struct ScaleTests {
    @Test func longerIsWiderAndNothingIsNothing() {
        #expect(Scale.width(.zero) == 0)
        var last = 0.0
        for exponent in 0..<40 {
            let width = Scale.width(.microseconds(1 << exponent))
            #expect(width > last)
            last = width
        }
    }

    @Test(arguments: [
        (Duration.microseconds(850), "850 µs"), (.microseconds(3_249), "3.2 ms"), (.milliseconds(48), "48 ms"),
        (.milliseconds(3_006), "3.01 s"), (.seconds(125), "2 min 5 s"), (.zero, "0 µs"),
        (.nanoseconds(999_900), "999 µs"), (.milliseconds(119_600), "1 min 59 s"),
    ])
    func durationsInWords(duration: Duration, words: String) { #expect(duration.inWords == words) }

    @Test(
        arguments: [
            ([.milliseconds(3_028), .milliseconds(3_033)], ["3.028 s", "3.033 s"]),
            ([.milliseconds(3_028), .milliseconds(3_500), .milliseconds(3_033)], ["3.028 s", "3.50 s", "3.033 s"]),
            ([.milliseconds(4), .milliseconds(4)], ["4.0 ms", "4.0 ms"]),
            ([.nanoseconds(12_345), .nanoseconds(12_346)], ["12.345 µs", "12.346 µs"]),
            ([.nanoseconds(7_200_000_000_001), .seconds(7_200)], ["120 min 0.000000001 s", "120 min 0.000000000 s"]),
            ([.milliseconds(60_400), .seconds(60)], ["1 min 0.4 s", "1 min 0.0 s"]),
            ([], []),
        ] as [([Duration], [String])])
    func whatDiffersSaysSo(durations: [Duration], words: [String]) {
        #expect(Duration.inDistinctWords(durations) == words)
    }

    @Test func aHairIsToldFromEveryLength() {
        for exponent in 0...36 {
            let length = Duration.microseconds(1 << exponent)
            for hair in [Duration.nanoseconds(1), .nanoseconds(10), .microseconds(3), .milliseconds(7)] {
                let words = Duration.inDistinctWords([length, length + hair, length + hair * 2])
                #expect(Set(words).count == 3, "\(words)")
            }
        }
    }
}

/// Invocations that overlap, as on Managed Instances.
@Suite struct OverlapTests {
    private var recorder = Recorder(title: "function", extensions: ["ext"], isConcurrent: true)
    private var now = Moment.zero

    private mutating func note(_ note: Note) { recorder.record(.note(note), at: now) }

    private mutating func begin(_ id: String) {
        now = now + .milliseconds(1)
        note(.invocationStarted(id: id, received: now, deadline: now + .seconds(3)))
        note(.delivered(id: id, process: "function"))
    }

    private mutating func end(_ id: String, failure: String? = nil) {
        now = now + .milliseconds(1)
        // A timeout ends before its caller is answered, a response after.
        if failure == nil { recorder.record(.answered(id: id, errorType: nil), at: now) }
        note(.invocationEnded(InvocationReport(id: id, received: now, started: now, ended: now)))
        if let failure { recorder.record(.answered(id: id, errorType: failure), at: now) }
    }

    private var lanes: Set<Lane> { Set(recorder.present!.spans.map(\.lane)) }

    @Test mutating func eachHasALaneAndTheFirstFreeOne() {
        for id in ["a", "b", "c"] { begin(id) }
        end("b")
        begin("d")
        for id in ["a", "c", "d"] { end(id, failure: id == "c" ? "Sandbox.Timedout" : nil) }
        let episode = recorder.present!
        #expect(episode.count == 4 && episode.number == 1 && episode.failures == 1)
        #expect(lanes.isSuperset(of: [.worker(0), .worker(1), .worker(2)]) && !lanes.contains(.worker(3)))
        #expect(episode.spans.filter { $0.lane == .worker(1) }.count == 2)
        #expect(episode.spans.filter { $0.lane == .environment }.map(\.duration) == [.milliseconds(7)])
        let responses = episode.marks.filter { if case .response = $0.kind { true } else { false } }
        #expect(responses.map(\.lane) == [.worker(1), .worker(0), .worker(2), .worker(1)])
        #expect(recorder.svg().contains(">invocations 1 to 4: 1 failed<"))
    }

    @Test mutating func aRefusalIsMarkedWhereTheEnvironmentIs() {
        begin("a")
        recorder.record(.answered(id: "b", errorType: "Runtime.Unavailable"), at: now)
        let mark = recorder.present!.marks.first
        #expect(mark?.lane == .environment && mark?.at == now)
        #expect(mark?.kind == .refusal(errorType: "Runtime.Unavailable"))
        end("a")
        #expect(wellFormed(recorder.svg()))
        #expect(recorder.svg().contains("refused: Runtime.Unavailable"))
    }

    @Test mutating func aPauseBeginsAnotherPart() {
        begin("a")
        end("a")
        begin("b")
        #expect(recorder.present!.number == 2 && recorder.present!.count == 1)
    }

    /// One is always under way, so that no pause ever comes: what is remembered stays bounded all the same.
    @Test mutating func aRunWithoutAPauseIsSummedUp() {
        begin("r0")
        for number in 1...10_000 {
            begin("r\(number)")
            end("r\(number - 1)")
        }
        end("r10000")
        let svg = recorder.svg()
        #expect(svg.contains("function: 10001 invocations"))
        #expect(svg.contains(" more …"))
        #expect(svg.utf8.count < 300_000)
        #expect(wellFormed(svg))
    }

    @Test mutating func moreThanThereIsRoomForAreCounted() {
        for number in 0..<30 { begin("r\(number)") }
        for number in 0..<30 { end("r\(number)") }
        let svg = recorder.svg()
        #expect(svg.contains(">worker 16<") && !svg.contains(">worker 17<"))
        #expect(svg.contains("invocations 1 to 30, 14 of them not drawn"))
        for line in svg.split(separator: "\n") where line.hasPrefix("<rect x") {
            let numbers = line.split(separator: "\"").compactMap { Double($0) }
            #expect(numbers[0] >= 0 && numbers[0] + numbers[2] <= Drawing.pageWidth, "\(line)")
        }
    }
}
