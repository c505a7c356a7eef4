import CLinux

/// Standard error, a line at a time.
package enum StandardError {
    /// Writes the line in one piece, so that lines of several threads and processes do not mix.
    package static func write(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        // There is nobody left to tell when this fails.
        _ = bytes.withUnsafeBytes { CLinux.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
