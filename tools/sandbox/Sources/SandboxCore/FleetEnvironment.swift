/// One of several environments, as far as its choice matters.
struct FleetEnvironment: Sendable {
    /// The moment since which it has had nothing to do.
    var freeSince: Moment
    /// True once it has been initialized.
    var isReady = false
    /// The tenant that it belongs to, once it has had an invocation.
    var tenant: String?
    /// The moment at which its caller had the answer; nil before.
    var answered: Moment?
    /// The number of its invocations.
    var load = 0

    init(freeSince: Moment) { self.freeSince = freeSince }

    /// The moment until which it counts as about to be free; nil if it does not.
    func turnaroundEnd(at now: Moment) -> Moment? {
        guard load > 0, let answered else { return nil }
        let end = answered + FleetPolicy.Limits.turnaround
        return end > now ? end : nil
    }

    mutating func take(_ tenant: String) {
        self.tenant = tenant
        answered = nil
        load += 1
    }
}
