import CLinux
import LambdaExtension

/// Writes to standard output; what cannot be written is lost.
func printOut(_ bytes: ByteView) { writeAll(bytes, to: STDOUT_FILENO) }

/// Writes to standard error; what cannot be written is lost.
func printError(_ bytes: ByteView) { writeAll(bytes, to: STDERR_FILENO) }

private func writeAll(_ bytes: ByteView, to stream: Int32) {
    var rest = bytes
    while !rest.isEmpty {
        let count = write(stream, rest.start, rest.count)
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
    }
}
