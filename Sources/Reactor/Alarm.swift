import CLinux

/// Ends a wait at a deadline that is far off, without a timeout of the wait: a timerfd(2).
///
/// For a timeout the kernel sets a timer when the wait begins and takes it away when the wait ends, which costs a short
/// round trip a fortieth of its time. An alarm is set once and left alone: a deadline that is put off, or cancelled, makes
/// it ring in vain once, and then it is set anew.
struct Alarm: ~Copyable {
    /// Made when it is first needed.
    private var descriptor = FileDescriptor(rawValue: -1)
    /// The time at which it rings.
    private var due = Instant.distantFuture

    /// Closer deadlines are left to the wait's timeout: those that come and go quickly would cost a system call each.
    private static var farNanoseconds: Int64 { 1_000_000_000 }

    /// Returns true if the alarm is set to ring by `deadline`.
    func isSet(by deadline: Instant) -> Bool { due <= deadline }

    /// Sets the alarm, which the descriptor of an epoll reports, to a deadline that is far off; false if it is not, or
    /// if there is no alarm to be had.
    mutating func set(to deadline: Instant, now: Instant, on epoll: Int32) -> Bool {
        guard deadline > now.advanced(byNanoseconds: Self.farNanoseconds) else { return false }
        do throws(Errno) {
            if descriptor.rawValue < 0 {
                let number = try uninterrupted { () in timerfd_create(CLOCK_MONOTONIC, clinux_timerfd_flags) }
                let made = FileDescriptor(rawValue: number)
                try Poller.add(number, to: epoll, for: .read, token: .alarm)
                descriptor = made
            }
            try set(deadline.nanoseconds)
        } catch {
            return false
        }
        due = deadline
        return true
    }

    /// Silences the alarm, which has rung.
    mutating func silence() {
        due = .distantFuture
        // Setting it, to nothing, takes back that it has rung.
        try? set(0)
    }

    private func set(_ nanoseconds: Int64) throws(Errno) {
        let number = descriptor.rawValue
        var time = itimerspec()
        time.it_value.tv_sec = Int(nanoseconds / 1_000_000_000)
        time.it_value.tv_nsec = Int(nanoseconds % 1_000_000_000)
        _ = try uninterrupted { () in timerfd_settime(number, clinux_timerfd_absolute, &time, nil) }
    }
}

extension Token {
    /// Stands for the alarm; no slot of a loop's table ever has this number.
    static var alarm: Token { Token(packed: .max - 1) }
}
