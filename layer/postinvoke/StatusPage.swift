import CLinux
import Hold
import LambdaExtension

extension Extension {
    /// Appends the answer to `GET /status`, one JSON object.
    func appendStatus(to page: inout Buffer) {
        page.appendJSONObject { page in
            page.field("mode", ByteView(policy.settings.mode.name))
            page.field("state", ByteView(policy.state.name))
            if let hold = policy.state.hold {
                hold.requestID.withBytes { page.field("requestId", ByteView($0)) }
            } else {
                page.null("requestId")
            }
            page.field("holds", policy.counters.holds)
            page.object("releases") { releases in
                releases.field("done", policy.counters.releases.done)
                releases.field("session", policy.counters.releases.session)
                releases.field("deadline", policy.counters.releases.deadline)
                releases.field("budget", policy.counters.releases.budget)
                releases.field("passThrough", policy.counters.releases.passThrough)
            }
            page.field("early", policy.counters.early)
            page.field("stale", policy.counters.stale)
            page.field("refused", policy.counters.refused)
            page.field("connections", server?.connectionCount ?? 0)
            page.field("pid", Int64(getpid()))
            page.field("uptimeMs", (loop.now.nanoseconds - start.nanoseconds) / 1_000_000)
        }
    }
}
