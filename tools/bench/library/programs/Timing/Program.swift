import Glibc

/// Where callgrind writes out what it has counted and begins anew: what is to be counted stands between two of these, so
/// that every second part is meant.
@inline(never) @_optimize(none)
public func markPart() {}

/// Says what is wrong and ends the process.
public func fail(_ message: String) -> Never {
    let line = Array((message + "\n").utf8)
    _ = write(STDERR_FILENO, line, line.count)
    exit(1)
}
