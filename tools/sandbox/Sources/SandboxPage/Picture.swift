import Sandbox
import Timeline

/// Records one environment for the picture of a run.
package final class Picture: Observer {
    private var recorder: Recorder

    package init(_ recorder: Recorder) { self.recorder = recorder }

    package func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {
        if let fact = happening.fact { recorder.record(fact, at: time.moment) }
    }

    /// The picture of several environments, of which as many are drawn as there is room for.
    ///
    /// - Parameters:
    ///   - count: the number of environments that there were.
    ///   - refused: the number of callers for whom there was none.
    package static func svg(of pictures: [Picture], count: Int, refused: Int) -> String {
        Recorder.svg(
            of: pictures.enumerated().map { index, picture in
                var recorder = picture.recorder
                if count > 1 { recorder.title += ", environment \(index + 1) of \(count)" }
                if index == 0, refused > 0 {
                    recorder.note = refused == 1 ? "1 caller refused" : "\(refused) callers refused"
                }
                return recorder
            })
    }
}

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
