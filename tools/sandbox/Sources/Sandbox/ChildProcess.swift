import Glibc
import Processes

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
        let ends = try makePipe(isNonblocking: true)
        output = FileDescriptor(rawValue: ends.reader)
        let childEnd = FileDescriptor(rawValue: ends.writer)
        var program = Spawn([path], environment: environment)
        program.directory = directory
        program.output = childEnd.rawValue
        program.leadsGroup = true
        program.diesWithParent = true
        number = try program.start()
        do throws(Errno) {
            exitWatch = try ProcessEnd.watch(number)
        } catch {
            ProcessEnd.killing(-number)
            throw error
        }
        do throws(Errno) {
            exitToken = try loop.register(exitWatch, for: .read) { [unowned self] _ in collect() }
            outputToken = try loop.register(output, for: .read) { [unowned self] _ in drain() }
        } catch {
            // An object that was never whole has no deinit that would do this.
            if let exitToken { loop.deregister(exitToken) }
            ProcessEnd.killing(-number)
            throw error
        }
    }

    deinit {
        if let exitToken {
            loop.deregister(exitToken)
            // Whoever drops a process that still runs wants it gone, and what it started with it.
            ProcessEnd.killing(-number)
        }
        if let outputToken { loop.deregister(outputToken) }
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

    /// Takes what it has written of a line for all of it.
    func endLine() { lines.takeRest(onLine) }

    /// Looks how much memory is in use at most until now; returns kilobytes.
    func measure() -> Int {
        peakKilobytes = max(peakKilobytes, ProcessFiles(of: number).number("VmHWM:", in: "status") ?? 0)
        return peakKilobytes
    }

    /// The process has ended.
    private func collect() {
        if let exitToken { loop.deregister(exitToken) }
        exitToken = nil
        // Before its number can belong to somebody else: whoever it left behind goes with it.
        send(SIGKILL)
        let end = ProcessEnd(of: number)
        drain()
        lines.takeRest(onLine)
        switch end {
        case .exit(let code): onExit(.code(code))
        case .signal(let signal): onExit(.signal(signal))
        }
    }
}
