import CProcesses
import Glibc
import Processes

/// A running process with all that it starts, on an event loop: its output and its end.
final class ChildProcess {
    private let loop: EventLoop
    private var tree: ProcessTree
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
    ///   - onExit: called once, after the last line; whatever it started has been killed by then.
    init(
        loop: EventLoop, command: [String], environment: [String], directory: String,
        onLine: @escaping (ByteView) -> Void, onExit: @escaping (Termination) -> Void
    ) throws(Errno) {
        self.loop = loop
        self.onLine = onLine
        self.onExit = onExit
        let ends = try makePipe(isNonblocking: true)
        output = FileDescriptor(rawValue: ends.reader)
        let childEnd = FileDescriptor(rawValue: ends.writer)
        var program = Spawn(command, environment: environment)
        program.directory = directory
        program.output = childEnd.rawValue
        tree = try ProcessTree(program)
        do throws(Errno) {
            exitToken = try loop.register(tree.endWatch, for: .read) { [unowned self] _ in collect() }
            outputToken = try loop.register(output, for: .read) { [unowned self] _ in read(atLeast: 1) }
        } catch {
            // An object that was never whole has no deinit that would do this.
            if let exitToken { loop.deregister(exitToken) }
            end()
            throw error
        }
    }

    deinit {
        if let exitToken {
            loop.deregister(exitToken)
            // Whoever drops a process that still runs wants it gone, and what it started with it.
            end()
        }
        if let outputToken { loop.deregister(outputToken) }
    }

    var number: pid_t { tree.program }

    func send(_ signal: ProcessSignal) {
        switch signal {
        case .terminate: tree.terminate()
        case .kill: tree.kill()
        }
    }

    func freeze() { tree.freeze() }

    func thaw() { tree.thaw() }

    private func end() {
        tree.kill()
        _ = tree.collect()
    }

    /// Reads what the process has written so far, so that it comes before whatever is reported next.
    func drain() { read(atLeast: 0) }

    /// Reads as much as waits at the beginning: one that never stops writing keeps nobody else, and no time limit, waiting.
    ///
    /// - Parameter least: the bytes to ask for where none seem to wait; without any the end of the output is not seen.
    private func read(atLeast least: Int) {
        guard let token = outputToken else { return }
        var left = max(Int(processes_waiting(output.rawValue)), least)
        while left > 0 {
            let result = try? lines.fill { (room) throws(Errno) in try output.read(into: room) }
            lines.takeLines(onLine)
            switch result {
            case .bytes(let count): left -= count
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
        peakKilobytes = max(peakKilobytes, tree.peakKilobytes())
        return peakKilobytes
    }

    /// The process has ended.
    private func collect() {
        if let exitToken { loop.deregister(exitToken) }
        exitToken = nil
        let end = tree.collect()
        drain()
        lines.takeRest(onLine)
        switch end {
        case .exit(let code): onExit(.code(code))
        case .signal(let signal): onExit(.signal(signal))
        }
    }
}
