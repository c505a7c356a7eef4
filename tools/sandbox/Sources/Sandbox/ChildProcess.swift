import CSandbox
import Glibc

/// A running process, the leader of a group of its own, on an event loop: its output and its end.
final class ChildProcess {
    /// The process's and its group's number.
    let number: pid_t
    private let loop: EventLoop
    private let exitWatch: FileDescriptor
    private let output: FileDescriptor
    private var exitToken: Token?
    private var outputToken: Token?
    private var lines = LineSplitter()
    private let onLine: (ByteView) -> Void
    private let onExit: (Termination) -> Void
    /// The most memory it ever had in use, in kilobytes, as far as was looked.
    private(set) var peakKilobytes = 0

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - onLine: called with each line of its output, without the line feed.
    ///   - onExit: called once, after the last line; the rest of its process group has been killed by then.
    init(
        loop: EventLoop, path: String, environment: [String], directory: String,
        onLine: @escaping (ByteView) -> Void, onExit: @escaping (Termination) -> Void
    ) throws(Errno) {
        self.loop = loop
        self.onLine = onLine
        self.onExit = onExit
        var ends: [Int32] = [-1, -1]
        guard csandbox_pipe(&ends) == 0 else { throw Errno(rawValue: errno) }
        output = FileDescriptor(rawValue: ends[0])
        let childEnd = FileDescriptor(rawValue: ends[1])
        number = try Self.spawn(path, environment, directory, childEnd.rawValue)
        exitWatch = FileDescriptor(rawValue: csandbox_pidfd_open(number))
        do throws(Errno) {
            guard exitWatch.rawValue >= 0 else { throw Errno(rawValue: errno) }
            exitToken = try loop.register(exitWatch, for: .read) { [unowned self] _ in collect() }
            outputToken = try loop.register(output, for: .read) { [unowned self] _ in drain() }
        } catch {
            // An object that was never whole has no deinit that would do this.
            if let exitToken { loop.deregister(exitToken) }
            Self.end(number)
            throw error
        }
    }

    deinit {
        if let exitToken {
            loop.deregister(exitToken)
            Self.end(number)
        }
        if let outputToken { loop.deregister(outputToken) }
    }

    /// Whoever drops a process that still runs wants it gone, and what it started with it.
    private static func end(_ number: pid_t) {
        kill(-number, SIGKILL)
        var status: Int32 = 0
        while waitpid(number, &status, 0) == -1, errno == EINTR {}
    }

    private static func spawn(
        _ path: String, _ environment: [String], _ directory: String, _ output: Int32
    ) throws(Errno) -> pid_t {
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(path), nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var number: pid_t = 0
        let failure = csandbox_spawn(path, &arguments, &variables, directory, output, &number)
        guard failure == 0 else { throw Errno(rawValue: failure) }
        return number
    }

    /// Sends a signal to the whole process group.
    func send(_ signal: Int32) { _ = kill(-number, signal) }

    /// Reads what the process has written so far, so that it comes before whatever is reported next.
    func drain() {
        guard let token = outputToken else { return }
        while true {
            let result = try? lines.fill { (room) throws(Errno) in try output.read(into: room) }
            lines.takeLines(onLine)
            switch result {
            case .bytes: continue
            case .wouldBlock: return
            case .endOfStream, nil:
                loop.deregister(token)
                outputToken = nil
                return
            }
        }
    }

    /// Looks how much memory is in use at most until now; returns kilobytes.
    func measure() -> Int {
        peakKilobytes = max(peakKilobytes, ProcessMemory.peakKilobytes(of: number))
        return peakKilobytes
    }

    /// The process has ended.
    private func collect() {
        if let exitToken { loop.deregister(exitToken) }
        exitToken = nil
        // Before its number can belong to somebody else: whoever it left behind goes with it.
        send(SIGKILL)
        var status: Int32 = 0
        while waitpid(number, &status, 0) == -1, errno == EINTR {}
        drain()
        lines.takeRest(onLine)
        // WIFSIGNALED and WEXITSTATUS are macros that Swift does not see.
        let signal = status & 0x7F
        onExit(signal == 0 ? .code((status >> 8) & 0xFF) : .signal(signal))
    }
}
