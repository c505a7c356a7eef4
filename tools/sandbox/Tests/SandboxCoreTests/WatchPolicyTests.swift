import SandboxCore
import Testing

/// The actions that changes bring, step by step: at a millisecond something happens, and this is to be done.
@Suite struct WatchPolicyTests {
    private typealias Step = (at: Int64, input: WatchPolicy.Input, action: WatchPolicy.Action?)

    private func play(_ steps: [Step]) -> WatchPolicy {
        var policy = WatchPolicy()
        for (index, step) in steps.enumerated() {
            let action = policy.handle(step.input, at: Moment(nanoseconds: step.at * 1_000_000))
            #expect(action == step.action, "step \(index): \(step)")
        }
        return policy
    }

    private func moment(_ milliseconds: Int64) -> Moment { Moment(nanoseconds: milliseconds * 1_000_000) }

    /// A change, and the build that comes of it.
    private func build(_ file: String = "a", at start: Int64 = 0) -> [Step] {
        [(start, .source(file), nil), (start + 100, .time, .build)]
    }

    @Test func whatHasSettledIsLookedAt() {
        let changing: [Step] = [(0, .program, nil), (60, .program, nil), (159, .time, nil)]
        #expect(play(changing).nextDeadline == moment(160))
        #expect(play(changing + [(160, .time, .look), (161, .time, nil)]).nextDeadline == nil)
        #expect(play([]).nextDeadline == nil)
    }

    @Test func whatHasSettledIsBuilt() {
        let changing: [Step] = [(0, .source("a"), nil), (99, .source("b"), nil), (198, .time, nil)]
        #expect(play(changing).nextDeadline == moment(199))
        #expect(play(changing + [(199, .time, .build)]).nextDeadline == nil)
    }

    @Test func onlyAGoodBuildStartsAnew() {
        _ = play(build() + [(500, .built(isGood: true), .renew)])
        _ = play(build() + [(500, .built(isGood: false), nil), (1000, .time, nil)])
    }

    /// The executables are not looked at before the build has ended, nor by themselves for its sake.
    @Test func aBuildIsNotLookedAtInItsMidst() {
        let steps = build() + [(200, .program, nil), (400, .time, nil)]
        #expect(play(steps).nextDeadline == nil)
        #expect(play(steps + [(500, .built(isGood: false), nil)]).nextDeadline == nil)
        _ = play([(0, .program, nil)] + build(at: 50) + [(150, .time, nil), (500, .built(isGood: true), .renew)])
        _ = play(build() + [(500, .built(isGood: true), .renew), (501, .program, nil), (601, .time, .look)])
    }

    @Test func changesDuringABuildCauseOneMore() {
        _ = play(
            build() + [
                (200, .source("a"), nil), (300, .source("b"), nil), (400, .built(isGood: true), .build),
                (500, .built(isGood: true), .renew),
            ])
        // Also when they came too late for one that failed.
        _ = play(
            build() + [
                (200, .source("b"), nil), (400, .built(isGood: false), .build), (500, .built(isGood: true), .renew),
            ])
    }

    /// Files, and folders with what is in them; a change is what was there before and has gone, or is there at the end.
    @Test func whatComesAndGoesWithinABuildIsNoChange() {
        func after(_ changes: (String, WatchPolicy.Change)...) -> WatchPolicy.Action? {
            var policy = play(build())
            for (file, change) in changes { _ = policy.handle(.source(file, change), at: moment(200)) }
            return policy.handle(.built(isGood: true), at: moment(300))
        }
        #expect(after(("t", .created), ("t", .other), ("t", .vanished)) == .renew)
        #expect(after(("t", .created), ("t", .vanished), ("t", .created)) == .build)
        #expect(after(("t", .vanished)) == .build)
        #expect(after(("t", .vanished), ("t", .created), ("t", .vanished)) == .build)
        #expect(after(("t", .other), ("t", .vanished)) == .build)
        #expect(after(("d", .created), ("d/f", .other), ("d/e", .created), ("d", .folderVanished)) == .renew)
        #expect(after(("d", .created), ("d2", .created), ("d", .folderVanished)) == .build)
        #expect(after(("d/f", .created), ("d", .folderVanished)) == .build)
    }

    /// A file that came in one build and goes in the next is a change.
    @Test func whatOutlastsABuildWasThere() {
        _ = play(
            build() + [
                (200, .source("b", .created), nil), (400, .built(isGood: true), .build),
                (450, .source("b", .vanished), nil), (500, .built(isGood: true), .build),
                (600, .built(isGood: true), .renew),
            ])
    }

    @Test func whatIsSavedDuringTwoBuildsIsBuilt() {
        let saved =
            build() + [
                (200, .source("b"), nil), (400, .built(isGood: true), .build), (450, .source("b"), nil),
                (500, .built(isGood: true), .build),
            ]
        #expect(play(saved + [(600, .built(isGood: true), .renew)]).made == [])
        // What changes each time may be what builds make, even if it never holds the same.
        #expect(play(saved + [(550, .source("b"), nil), (600, .built(isGood: true), .renew)]).made == ["b"])
        // Only what does so in a row.
        let later = saved + [(600, .built(isGood: true), .renew)] + build(at: 1000)
        _ = play(later + [(1150, .source("b"), nil), (1200, .built(isGood: true, same: ["b"]), .build)])
    }

    @Test func whatBuildsMakeIsNoReasonToBuild() {
        let learned =
            build() + [
                (200, .source("made"), nil), (400, .built(isGood: true), .build), (450, .source("made"), nil),
                (500, .built(isGood: true, same: ["made"]), .renew),
            ]
        #expect(play(learned).made == ["made"])
        let next = learned + build(at: 1000) + [(1150, .source("made"), nil)]
        _ = play(next + [(1200, .built(isGood: true), .renew)])
        // Beside it a real change counts.
        _ = play(next + [(1160, .source("b"), nil), (1200, .built(isGood: true), .build)])
        // Somebody who changes it while nothing is built means it.
        _ = play(
            learned + build("made", at: 1000) + [
                (1150, .source("made"), nil), (1200, .built(isGood: true), .build),
            ])
    }

    /// Builds for the sake of what changes during each, one of them a moment, up to the one that is not repeated.
    private func chain(_ change: (Int64) -> WatchPolicy.Input, _ last: Int64, isNew: Bool = false) -> [Step] {
        var steps: [Step] = []
        for number in 1...last {
            steps.append((number * 200 + 50, change(number), nil))
            steps.append((number * 200 + 100, .built(isGood: true, isNew: isNew), number == last ? .renew : .build))
        }
        return steps
    }

    @Test func buildsThatLeaveOtherFilesEachTimeAreNotRepeatedForEver() {
        let names = { (number: Int64) in WatchPolicy.Input.source("log\(number)", .created) }
        let ended = build() + chain(names, 3)
        #expect(play(ended).isProlific && play(ended).lastReason == "log3")
        #expect(!play(ended.dropLast()).isProlific)
        // Longer, where what they make is new each time.
        _ = play(build() + chain(names, 9, isNew: true))
        // From then on a new file is no reason, and what somebody saves is.
        let next = ended + build(at: 3000) + [(3150, .source("log6", .created), nil)]
        _ = play(next + [(3200, .built(isGood: true, isNew: false), .renew)])
        _ = play(next + [(3160, .source("b"), nil), (3200, .built(isGood: true, isNew: false), .build)])
    }

    /// Of the same files in turn, too, which are found once and then after two builds.
    @Test func buildsThatChangeFilesInTurnAreNotRepeatedForEver() {
        let turns = { (number: Int64) in WatchPolicy.Input.source("log\(number % 3)") }
        let ended = build() + chain(turns, 3)
        #expect(play(ended).isProlific)
        _ = play(
            ended + build(at: 3000) + [
                (3150, .source("log0"), nil), (3200, .built(isGood: true, isNew: false), .build),
                (3250, .source("log1"), nil), (3300, .built(isGood: true, isNew: false), .renew),
            ])
    }

    /// Somebody who saves during each of many builds changes what they make.
    @Test func builtIsWhatIsSavedDuringManyBuilds() {
        let saved: [Step] = build() + chain({ .source("f\($0)") }, 8, isNew: true).dropLast()
        let last: [Step] = [(1700, .built(isGood: true, isNew: true), .build)]
        #expect(!play(saved + last).isProlific)
    }

    @Test func aLostFolderIsLookedForAgain() {
        let policy = play([(0, .program, nil), (100, .time, .look), (100, .lost, nil), (1099, .time, nil)])
        #expect(policy.nextDeadline == moment(1100))
        _ = play([(0, .lost, nil), (1000, .time, .look)])
        // Also after a build that has failed.
        _ = play(build() + [(200, .lost, nil), (300, .built(isGood: false), nil), (1200, .time, .look)])
    }
}
