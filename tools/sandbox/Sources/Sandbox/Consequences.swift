import SandboxCore

/// The actions that an input has led to, and the order in which they may be done.
struct Consequences {
    let actions: [Action]
    let moment: Moment
    /// True if whatever the processes write next belongs to something else: behind an invocation, or a freeze.
    private(set) var endsLines = false
    /// True if answers need not wait for what is told before them: the processes are then at work while that is done.
    let mayAnswerFirst: Bool
    /// True once the answers are on their way.
    var hasAnswered = false

    /// None.
    init() { self.init([], at: .zero) }

    init(_ actions: [Action], at moment: Moment) {
        self.actions = actions
        self.moment = moment
        var (answers, isBound) = (false, false)
        for index in actions.indices {
            switch actions[index] {
            case .answer: answers = true
            // What it used until now is yet to be measured.
            case .note(.invocationEnded): (endsLines, isBound) = (true, true)
            // The caller has its answer before the function hears of that, and does what is to come after it.
            case .note(.responded), .finish: isBound = true
            case .note(.frozen): endsLines = true
            case .note, .freeze, .thaw: break
            case .openAPI, .closeAPI, .start, .signal, .renewConnections, .handOn: isBound = true
            }
        }
        mayAnswerFirst = answers && !isBound
    }

    var isEmpty: Bool { actions.isEmpty }
}
