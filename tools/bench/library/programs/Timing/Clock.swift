import Glibc

/// Nanoseconds of a clock that only goes on.
public func nanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// Nanoseconds of one of `count` things that `body` does.
public func nanoseconds(each count: Int, _ body: () throws -> Void) rethrows -> Double {
    let start = nanoseconds()
    try body()
    return Double(nanoseconds() - start) / Double(count)
}

/// Nanoseconds of one round: the least mean of some batches of about two milliseconds, since whatever disturbs a batch
/// only makes it longer.
///
/// - Parameter body: does as many rounds as its argument says.
public func least(batches: Int, _ body: (Int) -> Void) -> Double {
    var rounds = 64
    while nanoseconds(each: 1, { body(rounds) }) <= 2_000_000 { rounds *= 2 }
    var least = Double.infinity
    for _ in 0..<batches { least = min(least, nanoseconds(each: rounds) { body(rounds) }) }
    return least
}
