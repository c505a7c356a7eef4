import Hold
import LambdaExtension

/// A hold that is over, as the log reports it.
struct EndedHold {
    let requestID: RequestID
    let reason: HoldPolicy.ReleaseReason
    /// For how long it lasted.
    let microseconds: UInt64

    init(_ release: HoldPolicy.Release, at now: Instant) {
        requestID = release.requestID
        reason = release.reason
        microseconds = UInt64(release.heldNanoseconds(at: now.nanoseconds) / 1_000)
    }
}
