import CProcesses
import Glibc
import Reactor

package enum ProcessEnd: Equatable, Sendable {
    case exit(Int32)
    case signal(Int32)

    /// Waits for a child that ends by itself, or has ended.
    package init(of process: pid_t) {
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1, errno == EINTR {}
        self.init(status: status)
    }

    /// Reads a status as waitpid(2) gives it.
    init(status: Int32) {
        // WIFSIGNALED and WEXITSTATUS are macros that Swift does not see.
        self = status & 0x7F == 0 ? .exit(status >> 8 & 0xFF) : .signal(status & 0x7F)
    }

    /// The exit code, or 128 and the number of the signal.
    package var code: Int32 {
        switch self {
        case .exit(let code): code
        case .signal(let number): 128 + number
        }
    }

    /// Kills a child, or with a negative number a process group that one leads, and waits for its end.
    @discardableResult
    package static func killing(_ process: pid_t) -> ProcessEnd {
        kill(process, SIGKILL)
        return ProcessEnd(of: abs(process))
    }

    /// Waits for a child to end, no longer than a time; nil if it has not.
    package static func of(_ process: pid_t, within limit: Duration) -> ProcessEnd? {
        guard let descriptor = try? watch(process) else { return nil }
        var ready = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, Int32(limit / .milliseconds(1))) > 0 else { return nil }
        return ProcessEnd(of: process)
    }

    /// A descriptor that becomes readable when the process ends.
    package static func watch(_ process: pid_t) throws(Errno) -> FileDescriptor {
        let number = processes_pidfd_open(process)
        guard number >= 0 else { throw Errno(rawValue: errno) }
        return FileDescriptor(rawValue: number)
    }
}
