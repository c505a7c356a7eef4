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
    /// The bytes of its output that ``catchUp()`` has found, and that are not read yet.
    private var due = 0
    /// True until its end is known and told.
    private var isThere = true
    /// Called when what ``catchUp()`` has found is read, if it could not be at once.
    var onCatchUp: () -> Void = {}
    /// Called before anything is read.
    var willRead: () -> Void = {}
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
            exitToken = try loop.register(tree.endWatch, for: .read) { [unowned self] _ in noteEnd() }
            outputToken = try loop.register(output, for: .read) { [unowned self] _ in readOn() }
        } catch {
            // An object that was never whole has no deinit that would do this.
            if let exitToken { loop.deregister(exitToken) }
            end()
            throw error
        }
    }

    deinit {
        if let exitToken { loop.deregister(exitToken) }
        // Whoever drops a process that still runs wants it gone, and what it started with it.
        if isThere { end() }
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

    /// True if what ``catchUp()`` has found is read.
    var isCaughtUp: Bool { due == 0 }

    /// Looks how much of its output waits, which then comes before whatever is reported next, and begins to read that. If it takes
    /// further turns of the loop, ``onCatchUp`` is called behind the last of them.
    func catchUp() {
        due = outputToken == nil ? 0 : Int(processes_waiting(output.rawValue))
        if due > 0 { read() }
        if due == 0 { collectIfEnded() }
    }

    /// The most bytes that are read in a turn of the loop: one that never stops writing keeps nobody else waiting, and lines may be short.
    private static let bite = 1024

    /// Reads a bite.
    private func read() {
        willRead()
        guard let token = outputToken else { return }
        let result = try? lines.fill(Self.bite) { (room) throws(Errno) in try output.read(into: room) }
        lines.takeLines(onLine)
        switch result {
        case .bytes(let count): due = max(0, due - count)
        case .wouldBlock: due = 0
        case .endOfStream, nil:
            due = 0
            loop.deregister(token)
            outputToken = nil
        }
    }

    private func readOn() {
        let wasBehind = due > 0
        read()
        guard wasBehind, due == 0 else { return }
        collectIfEnded()
        onCatchUp()
    }

    /// Takes what it has written of a line for all of it.
    func endLine() { lines.takeRest(onLine) }

    /// Looks how much memory is in use at most until now; returns kilobytes.
    func measure() -> Int {
        peakKilobytes = max(peakKilobytes, tree.peakKilobytes())
        return peakKilobytes
    }

    /// The process has ended. It stays to be collected, and nobody else has its number, until its last words are read.
    private func noteEnd() {
        if let exitToken { loop.deregister(exitToken) }
        exitToken = nil
        catchUp()
    }

    private func collectIfEnded() {
        if exitToken == nil { loop.enqueue { [weak self] in self?.collect() } }
    }

    private func collect() {
        guard isThere else { return }
        isThere = false
        let end = tree.collect()
        lines.takeRest(onLine)
        switch end {
        case .exit(let code): onExit(.code(code))
        case .signal(let signal): onExit(.signal(signal))
        }
    }
}
