import CLinux
import LambdaExtension

/// Makes a write to a stream whose reader has gone fail, instead of ending the process: an extension that dies of a lost
/// log line would fail the invocation with it.
func survivePipesWithoutReader() {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &set, nil)
}

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
