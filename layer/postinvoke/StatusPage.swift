import CLinux
import HoldPolicy
import LambdaExtension

extension Buffer {
    /// Appends the answer to `GET /status`, one JSON object.
    mutating func appendStatus(of policy: HoldPolicy, connections: Int, uptime: Duration) {
        let counters = policy.counters
        appendJSONObject { page in
            page.field("mode", policy.settings.mode == .hold ? "hold" : "pass-through")
            page.field("state", ByteView(policy.state.name))
            if let hold = policy.state.hold {
                hold.requestID.withBytes { page.field("requestId", ByteView($0)) }
            } else {
                page.null("requestId")
            }
            page.field("holds", counters.holds)
            page.object("releases") { releases in
                releases.field("done", counters.releases.done)
                releases.field("session", counters.releases.session)
                releases.field("deadline", counters.releases.deadline)
                releases.field("budget", counters.releases.budget)
                releases.field("passThrough", counters.releases.passThrough)
            }
            page.field("early", counters.early)
            page.field("stale", counters.stale)
            page.field("refused", counters.refused)
            page.field("connections", connections)
            page.field("pid", Int64(getpid()))
            page.field("uptimeMs", uptime.clampedNanoseconds / 1_000_000)
        }
    }
}
