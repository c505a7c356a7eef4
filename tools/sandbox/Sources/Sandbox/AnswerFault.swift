/// A wrong answer that the sandbox gives in place of a good one: `event-next:reset@2` resets the connection of the second
/// call for the extension's next event.
package struct AnswerFault: Equatable, Sendable, CustomStringConvertible {
    /// The call that is answered wrongly.
    package enum Call: String, CaseIterable, Sendable {
        /// The runtime asks for the next event.
        case next
        /// The runtime answers an event.
        case response
        /// The runtime reports that a handler failed.
        case error
        /// The runtime reports that it cannot start.
        case initError = "init-error"
        /// The runtime asks to be restored.
        case restoreNext = "restore-next"
        /// The runtime reports that its hooks failed after the restore.
        case restoreError = "restore-error"
        /// An extension registers.
        case register
        /// An extension asks for the next event.
        case eventNext = "event-next"
        /// An extension reports that it cannot start.
        case extensionInitError = "extension-init-error"
        /// An extension reports that it gives up.
        case exitError = "exit-error"
        /// An extension subscribes to telemetry or logs.
        case telemetry
        /// A process asks the metadata endpoint.
        case metadata
    }

    package enum Kind: Equatable, Sendable {
        /// Refused with this status, 400 to 599. The environment does not learn of the call.
        case status(Int)
        /// Never comes. The environment does not learn of the call.
        case never
        /// No HTTP. The environment has done what was asked, as with the next two.
        case garbage
        /// Ends in the middle of its body.
        case truncated
        /// The connection is reset instead.
        case reset
    }

    package var call: Call
    package var kind: Kind
    /// Which of the calls of a run, counted from 1 over all starts of the environment; nil for each.
    package var occurrence: Int?

    package init(_ call: Call, _ kind: Kind, occurrence: Int? = 1) {
        self.call = call
        self.kind = kind
        self.occurrence = occurrence
    }

    /// Reads `CALL:KIND`, `CALL:KIND@N` or `CALL:KIND@*`; nil for anything else.
    package init?(_ text: String) {
        let halves = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let words = halves[0].split(separator: ":", omittingEmptySubsequences: false)
        guard words.count == 2, let call = Call(rawValue: String(words[0])), let kind = Kind(String(words[1])) else {
            return nil
        }
        self.init(call, kind)
        guard halves.count == 2 else { return }
        if halves[1] == "*" {
            occurrence = nil
        } else {
            guard let number = Int(halves[1]), number >= 1 else { return nil }
            occurrence = number
        }
    }

    /// The words that ``init(_:)`` takes for a call and for an answer.
    package static let words =
        "Calls: \(Call.allCases.map(\.rawValue).joined(separator: ", ")). Answers: a status from 400 to 599, never, "
        + "garbage, truncated, reset."

    /// The words that a shell offers: each call with each answer, and one status for all.
    package static let examples = Call.allCases.flatMap { call in
        ["500", "never", "garbage", "truncated", "reset"].map { "\(call.rawValue):\($0)" }
    }

    /// As it is read.
    package var description: String { "\(call.rawValue):\(kind)@\(occurrence.map(String.init) ?? "*")" }

    /// True if the environment learns of the call all the same.
    var reachesEnvironment: Bool {
        switch kind {
        case .status, .never: false
        case .garbage, .truncated, .reset: true
        }
    }
}

extension AnswerFault.Kind: CustomStringConvertible {
    /// Reads a status, `never`, `garbage`, `truncated` or `reset`.
    init?(_ text: String) {
        switch text {
        case "never": self = .never
        case "garbage": self = .garbage
        case "truncated": self = .truncated
        case "reset": self = .reset
        default:
            guard let status = Int(text), (400...599).contains(status) else { return nil }
            self = .status(status)
        }
    }

    /// As it is read.
    package var description: String {
        switch self {
        case .status(let status): "\(status)"
        case .never: "never"
        case .garbage: "garbage"
        case .truncated: "truncated"
        case .reset: "reset"
        }
    }
}
