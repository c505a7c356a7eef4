import Hold
import Testing

/// Every input in every state.
@Suite struct TransitionTests {
    @Test func theTableIsComplete() {
        let rows = transitions.map { $0.start }
        #expect(Set(rows).count == rows.count)
        #expect(Set(rows) == Set(Start.allCases))
        for row in transitions { #expect(Set(row.cells.keys) == Set(Stimulus.allCases), "\(row.start)") }
    }

    @Test(arguments: transitions)
    func everyInputHasItsAnswer(row: Transitions) {
        for (stimulus, cell) in row.cells {
            var policy = row.start.policy
            let before = policy.counters
            var readings = 0
            func now() -> ClockReading {
                readings += 1
                return row.start.now
            }
            let action = policy.handle(stimulus.input, at: now())
            let counts = policy.counters.text(since: before)
            let observed = Cell(action.text(at: row.start.now), policy.state.text, counts)
            #expect(observed == cell, "\(row.start), \(stimulus)")
            #expect(readings <= 1)
        }
    }
}

/// The states, each made by the inputs that lead there.
enum Start: CaseIterable {
    case fresh, sessionlessSDK, session, earlyA, earlyWithoutID, endedA
    case holding, holdingInSession, holdingInTwoSessions, holdingPastDeadline, holdingPastBudget
    case holdingWithoutDeadline, passThrough, finished

    /// Everything happens at this moment, except what the stimulus says.
    static let then = ClockReading(monotonic: 1_000, wall: 500_000)

    /// The moment of the stimulus: 10 ns later by both clocks, or when the hold is over.
    var now: ClockReading {
        switch self {
        case .holdingPastDeadline: ClockReading(monotonic: 1_010, wall: 500_900)
        case .holdingPastBudget: ClockReading(monotonic: 3_000, wall: 500_010)
        default: ClockReading(monotonic: 1_010, wall: 500_010)
        }
    }

    var policy: HoldPolicy {
        let mode: HoldPolicy.Mode = self == .passThrough ? .passThrough : .hold
        var policy = HoldPolicy(.init(mode: mode, deadlineMargin: 100, maximumHold: 2_000))
        for input in inputs { _ = policy.handle(input, at: Self.then) }
        return policy
    }

    private var inputs: [HoldPolicy.Input] {
        let check = HoldPolicy.Input.checkIn(opensSession: false)
        let open = HoldPolicy.Input.checkIn(opensSession: true)
        let invoke = Stimulus.invokeA.input
        switch self {
        case .fresh: return []
        case .sessionlessSDK: return [check]
        case .session, .passThrough: return [open]
        case .earlyA: return [check, Stimulus.doneA.input]
        case .earlyWithoutID: return [check, Stimulus.done.input]
        case .endedA: return [check, invoke, Stimulus.doneA.input]
        case .holding: return [check, invoke]
        case .holdingInSession, .holdingPastDeadline, .holdingPastBudget: return [open, invoke]
        case .holdingInTwoSessions: return [open, open, invoke]
        case .holdingWithoutDeadline: return [check, Stimulus.invokeLate.input]
        case .finished: return [open, invoke, .shutdown]
        }
    }
}

/// The inputs.
enum Stimulus: CaseIterable {
    case checkIn, openSession, closeSession, invokeA, invokeB, invokeLate, doneA, doneB, done, doneInSession, timer,
        shutdown

    var input: HoldPolicy.Input {
        switch self {
        case .checkIn: .checkIn(opensSession: false)
        case .openSession: .checkIn(opensSession: true)
        case .closeSession: .sessionClosed
        case .invokeA: .invoke(RequestID("A"), deadline: 501_000)
        case .invokeB: .invoke(RequestID("B"), deadline: 501_000)
        // Its deadline has passed in every state.
        case .invokeLate: .invoke(RequestID("C"), deadline: 500_000)
        case .doneA: .done(RequestID("A"), from: .other)
        case .doneB: .done(RequestID("B"), from: .other)
        case .done: .done(nil, from: .other)
        case .doneInSession: .done(nil, from: .session)
        case .timer: .timer
        case .shutdown: .shutdown
        }
    }
}

/// The expected result of an input: the action, the next state and what is counted.
struct Cell: Equatable, CustomStringConvertible {
    let action: String
    let state: String
    let counts: String

    init(_ action: String, _ state: String, _ counts: String = "") {
        self.action = action
        self.state = state
        self.counts = counts
    }

    var description: String { "(\(action) | \(state) | \(counts))" }
}

struct Transitions: CustomTestStringConvertible {
    let start: Start
    let cells: [Stimulus: Cell]

    var testDescription: String { "\(start)" }
}
