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
    ])
    func durationsInWords(duration: Duration, words: String) { #expect(duration.inWords == words) }
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
