@preconcurrency import CLinux
import Reactor

/// Standard output, as the process's prints go to it.
package enum StandardOutput {
    /// Has each line written when it ends.
    ///
    /// Lambda collects lines from a pipe, for which the C library would keep them back by the kilobyte: they would appear an
    /// invocation late, or never.
    package static func writeLinesAtOnce() { setvbuf(stdout, nil, _IOLBF, 0) }

    /// Prints bytes at once, behind what was printed before.
    ///
    /// - Throws: the ``Errno`` of fwrite(3) or fflush(3).
    package static func write(_ bytes: [UInt8]) throws(Errno) {
        guard fwrite(bytes, 1, bytes.count, stdout) == bytes.count, fflush(stdout) == 0 else { throw .current }
    }
}
