/// The decisions about what is watched, as a value: when to build, and when the environments are to start anew.
///
/// Whoever saves, copies or checks out changes many files within a moment: what has changed is settled when nothing has for
/// ``settling``. Changes that come while a build runs cause one more, once it has ended. What comes and goes within a build, as a
/// temporary file does, is none. A file is one that builds make, and by itself no reason for another, when it changes during two in
/// a row and holds the same after both, or during three: somebody may save it as often. A build that gives its files other names each time
/// is found by that it leads to one more again and again, and makes the same executables of it.
package struct WatchPolicy: Sendable {
    /// A change of a file or folder.
    package enum Change: Sendable {
        /// It is there, and was not before.
        case created
        /// The file is there no more.
        case vanished
        /// The folder is there no more, nor is anything in it.
        case folderVanished
        /// It is another one, or may have been there before.
        case other
    }

    package enum Input: Equatable, Sendable {
        /// A file or folder among the sources has changed.
        case source(String, Change = .other)
        /// Something has happened to an executable.
        case program
        /// A folder that is to be watched is not there; if so, to be said at the end of a build again, before ``built``.
        case lost
        /// The build has ended; of what has ``WatchPolicy/changed``, `same` holds the same as when the build before had ended, and `isNew`
        /// is true if an executable does not.
        case built(isGood: Bool, same: Set<String> = [], isNew: Bool = true)
        /// ``WatchPolicy/nextDeadline`` may have come.
        case time
    }

    package enum Action: Equatable, Sendable {
        case build
        /// See whether the executables are other ones than before and whole, and start anew if so.
        case look
        /// Start anew, whatever the executables are: what they read has changed.
        case renew
    }

    /// The time without a change after which there will be no more.
    package static let settling = Duration.milliseconds(100)
    /// The number of builds in a row, each for the sake of what has changed during the one before, of which none makes another executable,
    /// and the number whatever they make: the next waits for somebody who saves a source.
    package static let limit = (same: 2, any: 8)
    /// The time until a lost folder is looked for again.
    package static let absence = Duration.seconds(1)

    private var buildAt: Moment?
    private var lookAt: Moment?
    private var isBuilding = false
    /// The files that have changed during the build, but for those that builds make.
    package private(set) var changed: Set<String> = []
    /// Those of them that were not there before.
    private var born: Set<String> = []
    /// The files for whose sake the build runs once more, and during how many builds in a row each has changed.
    private var reasons: [String: Int] = [:]
    /// The files that builds make.
    package private(set) var made: Set<String> = []
    /// The number of builds in a row that changes during the one before have led to, and of the latest of those that made nothing new.
    private var chain = (any: 0, same: 0)
    /// True once builds were found to leave files of other names each time: new files are then no reason for another, and two builds in a
    /// row that make nothing new are one too many.
    package private(set) var isProlific = false
    /// A file that was the reason for one more build when that was found.
    package private(set) var lastReason: String?

    package init() {}

    /// When ``Input/time`` is wanted, or nil when only other inputs matter.
    package var nextDeadline: Moment? { isBuilding ? nil : [buildAt, lookAt].compactMap { $0 }.min() }

    /// Takes in what happened at a moment and says what to do about it.
    package mutating func handle(_ input: Input, at now: Moment) -> Action? {
        switch input {
        case .source(let file, let change) where isBuilding: if !made.contains(file) { note(file, change) }
        case .source(let file, _):
            made.remove(file)
            chain = (0, 0)
            buildAt = now + Self.settling
        // In the midst of a build it may not be the last word; after a good one all start anew, if every executable is whole.
        case .program: if !isBuilding { lookAt = now + Self.settling }
        case .lost: lookAt = now + Self.absence
        case .built(let isGood, let same, let isNew): return finishBuild(isGood, same, isNew)
        case .time:
            guard !isBuilding else { return nil }
            if let buildAt, buildAt <= now { return build() }
            if let lookAt, lookAt <= now {
                self.lookAt = nil
                return .look
            }
        }
        return nil
    }

    private mutating func build() -> Action {
        (buildAt, lookAt, isBuilding) = (nil, nil, true)
        return .build
    }

    private mutating func note(_ file: String, _ change: Change) {
        switch change {
        case .created: if changed.insert(file).inserted { born.insert(file) }
        case .vanished where born.remove(file) != nil: changed.remove(file)
        case .folderVanished where born.remove(file) != nil:
            // With all that came into it, from where it may have moved.
            let stays = { (other: String) in other != file && !other.hasPrefix(file + "/") }
            (changed, born) = (changed.filter(stays), born.filter(stays))
        case .vanished, .folderVanished, .other: changed.insert(file)
        }
    }

    private mutating func finishBuild(_ isGood: Bool, _ same: Set<String>, _ isNew: Bool) -> Action? {
        let before = reasons
        (isBuilding, reasons) = (false, [:])
        for file in changed where !isProlific || !born.contains(file) {
            let count = before[file, default: 0] + 1
            if count == 3 || count == 2 && same.contains(file) { made.insert(file) } else { reasons[file] = count }
        }
        (changed, born) = ([], [])
        if !reasons.isEmpty, !isEndless(isNew) { return build() }
        reasons = [:]
        return isGood ? .renew : nil
    }

    /// Counts one more build for the sake of what has changed during the last; true if there have been too many.
    private mutating func isEndless(_ isNew: Bool) -> Bool {
        chain = (chain.any + 1, isNew ? 0 : chain.same + 1)
        guard chain.any > Self.limit.any || chain.same > (isProlific ? 1 : Self.limit.same) else { return false }
        isProlific = true
        lastReason = reasons.keys.min()
        chain = (0, 0)
        return true
    }
}
