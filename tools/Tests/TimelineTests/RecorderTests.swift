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
