import CLinux

/// The longest that a test waits for anything. No measure of how long a thing should take, which mostly is microseconds, but
/// the end of a hang: on a busy machine a process may stand still for many seconds.
public let patience = Duration.seconds(300)

/// Something did not come about, however long it was waited for.
public struct WaitedInVain: Error {
    /// The thing that did not happen.
    public let what: String

    /// In words.
    public init(_ what: String) { self.what = what }
}

/// Makes a call until it fails with `error`, for what a close brings about: a process that another test is starting has
/// copies of our descriptors until it calls exec(3), and so long nothing that was closed is closed.
///
/// - Throws: ``WaitedInVain`` when it never fails so.
public func retry<Failure: Error & Equatable>(until error: Failure, _ call: () throws -> Void) throws {
    let deadline = ContinuousClock.now + patience
    while ContinuousClock.now < deadline {
        do { try call() } catch let failure as Failure where failure == error { return } catch {}
        sched_yield()
    }
    throw WaitedInVain("it never failed with \(error)")
}

/// Calls `attempt` with ever longer times until it says that this machine was quick enough for one: how quick it is, is not
/// what is tested.
///
/// - Throws: ``WaitedInVain`` when it was for none.
public func withATimeThisMachineKeeps(from first: Duration, _ attempt: (Duration) throws -> Bool) throws {
    var time = first
    while try !attempt(time) {
        time *= 2
        guard time < .seconds(60) else { throw WaitedInVain("no time up to \(time) was enough") }
    }
}
