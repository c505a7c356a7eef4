import Reactor

/// The signs of life that the service manager asks of a service that it watches (sd_watchdog_enabled(3)).
public enum Watchdog {
    /// The interval at which to say that the service is alive: half the time after which the manager gives it up.
    ///
    /// - Parameters:
    ///   - microseconds: the value of `WATCHDOG_USEC`; nil when it is not set.
    ///   - pid: the value of `WATCHDOG_PID`; nil when it is not set, and then every process is meant.
    ///   - own: the number of this process.
    /// - Returns: nil when this process is not watched.
    public static func interval(microseconds: ByteView?, pid: ByteView?, own: Int32) -> Duration? {
        guard let microseconds = microseconds?.decimal, microseconds > 0, microseconds <= UInt64(Int64.max) else {
            return nil
        }
        if let pid { guard pid.decimal == UInt64(own) else { return nil } }
        // Half of it; the manager's clock runs from each message's arrival, so once in a while one may be late.
        return max(.microseconds(Int64(microseconds)) / 2, .milliseconds(1))
    }
}
