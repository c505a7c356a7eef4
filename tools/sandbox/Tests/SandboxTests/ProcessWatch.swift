import Glibc
import Processes
import Sandbox
import ToolsTestSupport

/// Sees the end of a process that is not a child.
final class ProcessWatch {
    private let descriptor: FileDescriptor

    /// Watches a process that runs.
    init(_ process: Int32) {
        do {
            descriptor = try ProcessEnd.watch(process)
        } catch {
            descriptor = FileDescriptor(rawValue: -1)
        }
    }

    /// Waits for its end; false when it does not come, or when there was no such process.
    func hasEnded() -> Bool {
        let limit = Int32(RunningProgram.patience.components.seconds) * 1000
        var ready = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        return ready.fd >= 0 && poll(&ready, 1, limit) == 1
    }
}
