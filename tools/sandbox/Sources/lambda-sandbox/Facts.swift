import Sandbox
import Timeline

extension Happening {
    /// The fact that a picture shows of it, or nil if it has no place there.
    var fact: Fact? {
        switch self {
        case .note(let note): .note(note)
        case .answered(let id, let outcome, _): .answered(id: id, errorType: outcome.errorType)
        case .output, .platform: nil
        }
    }
}
