import CLinux

/// Waits for descriptors to become ready: epoll(7) and nothing else.
///
/// Level-triggered, because forgetting to read to the end is then no fault, and because fairness follows: a handler may
/// take one bounded bite and is called again. Only ``Interest/arrivals`` is edge-triggered; the loop asks for it again.
package struct Poller: ~Copyable {
    private let epoll: FileDescriptor
    private let events: UnsafeMutablePointer<epoll_event>
    private let capacity: Int
    private var count = 0
    private var alarm = Alarm()

    /// A poller that can report up to `capacity` descriptors a wait; what does not fit is reported by the next one.
    package init(capacity: Int = 256) throws(Errno) {
        precondition(capacity > 0 && capacity <= 1 << 16)
        let number = try uninterrupted { () in epoll_create1(clinux_epoll_cloexec) }
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: capacity)
        self.epoll = FileDescriptor(rawValue: number)
        self.events = events
        self.capacity = capacity
    }

    deinit { events.deallocate() }

    /// Begins to watch a descriptor; its events will carry `token`.
    package func add(_ descriptor: Int32, for interest: Interest, token: Token) throws(Errno) {
        try Self.add(descriptor, to: epoll.rawValue, for: interest, token: token)
    }

    /// The same by the number of the epoll descriptor, from any thread: epoll_ctl(2) takes effect during a wait as well.
    static func add(_ descriptor: Int32, to epoll: Int32, for interest: Interest, token: Token) throws(Errno) {
        try control(epoll, EPOLL_CTL_ADD, descriptor, interest, token)
    }

    /// The number of the epoll descriptor.
    var number: Int32 { epoll.rawValue }

    /// Changes what a watched descriptor is watched for. With no interest it still reports hang-ups and errors.
    package func modify(_ descriptor: Int32, for interest: Interest, token: Token) throws(Errno) {
        try Self.control(epoll.rawValue, EPOLL_CTL_MOD, descriptor, interest, token)
    }

    /// Stops watching a descriptor.
    package func remove(_ descriptor: Int32) throws(Errno) {
        try Self.control(epoll.rawValue, EPOLL_CTL_DEL, descriptor, .none, Token(packed: 0))
    }

    /// Sleeps until a descriptor is ready, `deadline` has come (nil: none), or a signal arrives.
    ///
    /// epoll counts whole milliseconds; the time left is rounded up, since rounding down would wake before the deadline
    /// and spin through its last millisecond.
    ///
    /// A deadline that is far off is left to an alarm, whose event carries ``Token/alarm``.
    ///
    /// - Returns: the number of events, to be asked for by index with ``event(_:)``.
    package mutating func wait(until deadline: Instant?, now: @autoclosure () -> Instant = .now) throws(Errno) -> Int {
        guard let deadline, !alarm.isSet(by: deadline) else { return try wait(milliseconds: -1) }
        let now = now()
        let isSet = alarm.set(to: deadline, now: now, on: epoll.rawValue)
        return try wait(milliseconds: isSet ? -1 : Self.milliseconds(from: now, to: deadline))
    }

    /// Silences the alarm, whose event has come.
    mutating func silenceAlarm() { alarm.silence() }

    /// The same without sleeping.
    mutating func look() throws(Errno) -> Int { try wait(milliseconds: 0) }

    private mutating func wait(milliseconds: Int32) throws(Errno) -> Int {
        let (number, events, capacity) = (epoll.rawValue, events, Int32(capacity))
        count = 0
        count = Int(try interruptible { () in epoll_wait(number, events, capacity, milliseconds) } ?? 0)
        return count
    }

    /// One event of the last wait.
    package func event(_ index: Int) -> (token: Token, event: Event) {
        precondition(index >= 0 && index < count, "no such event")
        return (Token(packed: clinux_epoll_token(events + index)), Event(epoll: clinux_epoll_events(events + index)))
    }

    static func milliseconds(from now: Instant, to deadline: Instant) -> Int32 {
        guard deadline > now else { return 0 }
        let left = UInt64(bitPattern: deadline.nanoseconds &- now.nanoseconds)
        return Int32(clamping: left / 1_000_000 + (left % 1_000_000 == 0 ? 0 : 1))
    }

    private static func control(
        _ epoll: Int32, _ operation: Int32, _ descriptor: Int32, _ interest: Interest, _ token: Token
    ) throws(Errno) {
        var event = epoll_event()
        clinux_epoll_set(&event, interest.epoll, token.packed)
        _ = try uninterrupted { () in epoll_ctl(epoll, operation, descriptor, &event) }
    }
}
