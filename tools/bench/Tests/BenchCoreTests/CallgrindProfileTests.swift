import BenchCore
import Testing

@Suite struct CallgrindProfileTests {
    /// Costs of a called function are not the caller's; a name stands where it is first used, perhaps in a call.
    @Test func countsWhatIsAFunctionsOwn() {
        let profile = CallgrindProfile(
            """
            # callgrind format
            version: 1
            events: Ir
            summary: 60

            ob=(1) ???
            fl=(1) ???
            fn=(1) run
            0 10
            cfn=(2) parse
            calls=3 0
            0 44
            +2 6

            fn=(2)
            * 30
            cfn=(3) parse'2
            calls=1 0
            0 14
            fn=(3)
            -1 14

            totals: 60
            """)
        #expect(profile.instructions == ["run": 16, "parse": 44])
        // As callgrind itself adds them up.
        #expect(profile.total == 60)
    }

    @Test func tellsWhichFunctionsACycleTakes() {
        func profile(_ start: Int, _ run: Int, _ parse: Int) -> CallgrindProfile {
            CallgrindProfile("fn=(1) start\n0 \(start)\nfn=(2) run\n0 \(run)\nfn=(3) parse\n0 \(parse)\n")
        }
        let (short, long) = (profile(5_000, 100, 40), profile(5_009, 1_100, 50))
        // A cost that comes less often than every cycle does not belong to it.
        #expect(long.perCycle(since: short, cycles: 10) == ["run": 100, "parse": 1])
        #expect(long.perCycle(since: short, cycles: 11) == ["run": 90])
        #expect(long.perCycle(since: CallgrindProfile(""), cycles: 1_000) == ["start": 5, "run": 1])
    }

    @Test(arguments: ["", "\n\n", "fn=", "calls=1 0", "fn=(1\n0 x\n", "0", "version: 1\ncreator: callgrind"])
    func bearsAnything(_ text: String) { #expect(CallgrindProfile(text).total == 0) }
}
