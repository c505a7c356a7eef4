@preconcurrency import CLinux

/// Standard output, as the process's prints go to it.
package enum StandardOutput {
    /// Has each line written when it ends.
    ///
    /// Lambda collects lines from a pipe, for which the C library would keep them back by the kilobyte: they would appear an
    /// invocation late, or never.
    package static func writeLinesAtOnce() { setvbuf(stdout, nil, _IOLBF, 0) }

    /// Prints bytes at once, behind what was printed before.
    package static func write(_ bytes: [UInt8]) {
        fwrite(bytes, 1, bytes.count, stdout)
        fflush(stdout)
    }
}
