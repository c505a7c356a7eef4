import CProcesses
import Glibc
import Reactor

/// A program and every process that it and its descendants have started, whatever became of their sessions and parents.
///
/// They are below a reaper, to whom the kernel gives those whose parents have ended: so `/proc` leads from it to all of
/// them, and they end with the program, or with this process. See `CProcesses.h`.
package struct ProcessTree: ~Copyable {
    /// Becomes readable when all of them have ended.
    package let endWatch: FileDescriptor
    private let tree: processes_tree
    /// Their numbers, as far as was looked.
    private var members: [pid_t]
    /// The number of the kernel's latest process, when the members were last looked for.
    private var latest: pid_t = 0
    /// When even a process with that number, whose start takes its time, is one of them.
    private var settles = Instant.now
    private var isSettled = false
    private let isLatestTold: Bool

    /// Starts a program.
    package init(_ program: Spawn) throws(Errno) {
        var program = program
        program.leadsGroup = true
        program.diesWithParent = true
        var tree = processes_tree()
        let before = Self.latestNumber()
        try program.start { processes_spawn_tree($0, $1, $2, $3, &tree) }
        let after = Self.latestNumber()
        // Numbers go round. Where something else stands for the kernel's file, it does not follow.
        isLatestTold = after < before || before < tree.reaper && tree.reaper <= after
        self.tree = tree
        endWatch = FileDescriptor(rawValue: tree.end)
        members = [tree.process]
    }

    /// The program's number, and its process group's.
    package var program: pid_t { tree.process }

    /// Asks the program and its process group to end.
    package func terminate() { Glibc.kill(-program, SIGTERM) }

    /// Kills the program; the others follow it.
    package func kill() {
        Glibc.kill(-program, SIGKILL)
        // Somebody may have stopped it.
        Glibc.kill(tree.reaper, SIGCONT)
    }

    /// Stops all of them.
    package mutating func freeze() {
        // So that no number can be somebody else's by now; the program's end would be known.
        if members.count > 1 { look() }
        // One that is stopped starts no other. A group's signal reaches one that is just being started, too.
        repeat { sendToAll(SIGSTOP) } while look()
    }

    /// Lets all of them go on.
    package func thaw() { sendToAll(SIGCONT) }

    /// The sum of the most memory that each of those there are had in use, in kilobytes.
    package mutating func peakKilobytes() -> Int {
        look()
        return members.reduce(0) { $0 + (ProcessFiles(of: $1).number("VmHWM:", in: "status") ?? 0) }
    }

    /// Waits until all of them have ended; returns how the program did.
    package func collect() -> ProcessEnd {
        let status = withUnsafePointer(to: tree) { processes_collect_tree($0) }
        guard status >= 0 else {
            sendToAll(SIGKILL)
            return .signal(SIGKILL)
        }
        return ProcessEnd(status: status)
    }

    private func sendToAll(_ signal: Int32) {
        // Whoever is not in the program's group mostly leads one.
        for member in members where Glibc.kill(-member, signal) != 0 || member != program { Glibc.kill(member, signal) }
    }

    /// Finds the members, unless nobody can have joined them; returns true if somebody has.
    @discardableResult
    private mutating func look() -> Bool {
        let number = Self.latestNumber()
        if latest != number {
            latest = number
            settles = .now + .milliseconds(10)
            isSettled = false
        }
        guard !isSettled else { return false }
        isSettled = isLatestTold && settles <= .now
        var found: [pid_t] = []
        Self.addChildren(of: tree.reaper, to: &found)
        var index = 0
        while index < found.count {
            Self.addChildren(of: found[index], to: &found)
            index += 1
        }
        // Without the kernel's lists (CONFIG_PROC_CHILDREN), or the reaper, those known are all there is to go by.
        guard !found.isEmpty else { return false }
        defer { members = found }
        return !found.allSatisfy(members.contains)
    }

    private static func addChildren(of process: pid_t, to numbers: inout [pid_t]) {
        var room = 64
        while true {
            let isAll = withUnsafeTemporaryAllocation(of: pid_t.self, capacity: room) { children in
                let count = Int(processes_children(process, children.baseAddress, Int32(room)))
                if count < room { numbers += children[..<count] }
                return count < room
            }
            if isAll { return }
            room *= 4
        }
    }

    /// The number of the latest process or thread that the kernel has made (proc(5), loadavg): while it stays, there is no new one.
    private static func latestNumber() -> pid_t {
        withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { room in
            let count = pread(loads, room.baseAddress, room.count, 0)
            guard count > 0 else { return 0 }
            let text = room[..<count].dropLast()
            return pid_t(String(decoding: text[text.lastIndex(of: UInt8(ascii: " "))!...].dropFirst(), as: UTF8.self))
                ?? 0
        }
    }

    private static let loads = open("/proc/loadavg", O_RDONLY | O_CLOEXEC)
}
