/// A snapshot of the environment, and its restore, with SnapStart.
struct Snapshot: Sendable {
    /// Before this nobody is restored, whoever asks.
    let restorableAt: Moment
}

/// A restore under way.
struct Restore: Sendable {
    let began: Moment
    let deadline: Moment
}

/// The state of the runtime's call for the restore.
enum RestoreCall: Equatable, Sendable {
    /// It has not come: the runtime has no hooks, or is not ready.
    case none
    /// It waits; nil when whoever made it has gone away, and may make it again.
    case waiting(Call?)
    /// It was answered: the hooks run.
    case answered
}

/// SnapStart: everything is stopped once the initialization is over, and goes on, in the place of a copy, when it is first
/// invoked ("Implementing SnapStart hooks for container images").
///
/// In Lambda a snapshot is taken when a version is published, and restored in any number of environments, also in the place of
/// one that broke. Here each start takes one of its own and restores it once. A start is therefore never a part of an
/// invocation; the invocation that waits for it is notified when it, or its restore, fails.
extension Environment {
    /// The environment as it is now is what will be restored.
    mutating func takeSnapshot() {
        phase = .snapshot(Snapshot(restorableAt: now + configuration.snapshotInterval))
        note(.snapshotTaken(hasHooks: function.restoreCall != .none))
        freeze()
    }

    /// Begins to restore the snapshot for the first in the queue.
    mutating func beginRestore() -> Bool {
        guard case .snapshot(let snapshot) = phase, !queue.isEmpty, snapshot.restorableAt <= now else { return false }
        phase = .restoring(Restore(began: now, deadline: now + configuration.restoreLimit))
        note(.restoreStarted)
        act(.renewConnections)
        thaw()
        if let failure = failureOfDead() {
            fail(failure)
        } else {
            answerRestore()
        }
        return true
    }

    /// Answers the runtime's call for the restore, if it waits.
    private mutating func answerRestore() {
        guard case .waiting(let call?) = function.restoreCall else { return }
        function.restoreCall = .answered
        answer(call, .restored)
    }

    /// The restore is over when the function asks for an event; one that has asked before the snapshot has no hooks.
    mutating func finishRestore() -> Bool {
        guard case .restoring(let restore) = phase, !function.waiting.isEmpty else { return false }
        unreportedRestore = now - restore.began
        note(.restoreEnded(report(of: restore, failure: nil)))
        phase = .idle
        return true
    }

    /// The time of a restore has run out.
    mutating func timeOutRestore() { fail(.restoreTimeout(after: configuration.restoreLimit)) }

    /// Whoever waits for a start or a restore that fails has its START then, and the failure.
    mutating func beginInvocationThatFails() {
        if running.isEmpty, let next = queue.popFirst() { beginInvocation(next) }
    }

    /// Returns the report on a restore that ends now.
    func report(of restore: Restore, failure: Failure?) -> RestoreReport {
        RestoreReport(duration: now - restore.began, failure: failure)
    }

    // MARK: The runtime's calls

    /// `GET /restore/next`: the runtime has done what it does before the snapshot.
    mutating func restoreNext(_ call: Call) {
        let isFirst = function.restoreCall == .none && !function.hasAsked
        guard configuration.kind == .snapStart, isFirst || function.restoreCall == .waiting(nil),
            function.waiting.isEmpty, !function.hasReportedInitError
        else { return refuse(call, .runtimeState("restore/next")) }
        // While the environment ends there is no restore and no answer: the function is to exit.
        guard !isStopping else { return }
        function.restoreCall = .waiting(call)
        if !function.hasAsked {
            function.hasAsked = true
            note(.ready(process: FunctionMember.name))
        }
        if case .restoring = phase { answerRestore() }
    }

    /// True while hooks run, of which an error may be reported.
    var isRestoring: Bool {
        guard case .restoring = phase else { return false }
        return function.restoreCall == .answered && function.waiting.isEmpty && !function.hasReportedRestoreError
    }

    /// `POST /restore/error`, or `/init/error` after the restore, as older runtimes have it.
    mutating func restoreError(_ call: Call, _ type: String, _ body: [UInt8]) {
        guard isRestoring else { return refuse(call, .runtimeState("a restore error")) }
        function.hasReportedRestoreError = true
        report(Failure(type: type, message: "The runtime reported an error after the restore", body: body))
        answer(call, .accepted)
    }
}
