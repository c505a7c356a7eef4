/// The decisions about what is watched, as a value: when to build, and when the environments are to start anew.
///
/// Whoever saves, copies or checks out changes many files within a moment: what has changed is settled when nothing has for
/// ``settling``. Changes that come while a build runs cause one more, once it has ended. A file that changes during two builds in
/// a row is one that they make, and is no reason for a third.
package struct WatchPolicy: Sendable {
    package enum Input: Sendable {
        /// A file among the sources has changed.
        case source(String)
        /// Something has happened to an executable.
        case program
        /// An executable's folder is not there.
        case lost
        /// The build has ended.
        case built(isGood: Bool)
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
    /// The time until a lost folder is looked for again.
    package static let absence = Duration.seconds(1)

    private var buildAt: Moment?
    private var lookAt: Moment?
    private var isBuilding = false
    /// The files that have changed during the build, and during the one before if that is the reason for it.
    private var changed: (now: Set<String>, before: Set<String>) = ([], [])
    /// The files that builds make.
    private var made: Set<String> = []

    package init() {}

    /// When ``Input/time`` is wanted, or nil when only other inputs matter.
    package var nextDeadline: Moment? { isBuilding ? nil : [buildAt, lookAt].compactMap { $0 }.min() }

    /// Takes in what happened at a moment and says what to do about it.
    package mutating func handle(_ input: Input, at now: Moment) -> Action? {
        switch input {
        case .source(let file) where isBuilding: if !made.contains(file) { changed.now.insert(file) }
        case .source(let file):
            made.remove(file)
            buildAt = now + Self.settling
        // In the midst of a build it may not be the last word; a good one is followed by a look in any case.
        case .program: if !isBuilding { lookAt = now + Self.settling }
        case .lost: lookAt = now + Self.absence
        case .built(let isGood): return finishBuild(isGood)
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

    private mutating func finishBuild(_ isGood: Bool) -> Action? {
        isBuilding = false
        made.formUnion(changed.now.intersection(changed.before))
        changed = ([], changed.now.subtracting(made))
        guard changed.before.isEmpty else { return build() }
        return isGood ? .renew : nil
    }
}
