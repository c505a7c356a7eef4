import Glibc

/// Reads from the kernel which resources a process uses.
enum ProcessProbe {
    /// Resident memory in kilobytes; nil when the process is gone.
    static func residentKilobytes(of process: pid_t) -> Int? {
        let file = open("/proc/\(process)/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = read(file, &bytes, bytes.count)
        guard count > 0 else { return nil }
        let words = bytes[..<count].split(separator: UInt8(ascii: " "))
        guard words.count > 1, let pages = Int(String(decoding: words[1], as: UTF8.self)), pages > 0 else { return nil }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE))) / 1024
    }

    /// Open descriptors; nil when the process is gone. Of this process without the one that it takes to look.
    static func descriptors(of process: pid_t) -> Int? {
        guard let folder = opendir("/proc/\(process)/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while let entry = readdir(folder) {
            if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
        }
        return process == getpid() ? count - 1 : count
    }

    /// The state of each thread of a process: its letter, where in the kernel it waits, and for how long it has waited
    /// for a processor in all, as in `S ep_poll, 12 ms in line`.
    static func threads(of process: pid_t) -> String {
        let threads = tasks(of: process).map { task in
            // The state follows the name in parentheses, which may hold anything.
            let state = text(task + "stat").split(separator: ")").last?.dropFirst().first.map(String.init) ?? "?"
            return "\(state) \(text(task + "wchan")), \(Int(timeInLine(task) / .milliseconds(1))) ms in line"
        }
        return threads.isEmpty ? "gone" : threads.joined(separator: " | ")
    }

    /// For how long each thread of a process, by its folder, has waited for a processor, ready to run, since it began; none when
    /// the process is gone, zero when the kernel does not count it.
    static func timesInLine(of process: pid_t) -> [String: Duration] {
        Dictionary(uniqueKeysWithValues: tasks(of: process).map { ($0, timeInLine($0)) })
    }

    /// The second number of `schedstat`, as the kernel's documentation of scheduler statistics has it.
    private static func timeInLine(_ task: String) -> Duration {
        let words = text(task + "schedstat").split(separator: " ")
        return .nanoseconds(words.count > 1 ? Int64(words[1]) ?? 0 : 0)
    }

    /// The folders of a process's threads.
    private static func tasks(of process: pid_t) -> [String] {
        guard let folder = opendir("/proc/\(process)/task") else { return [] }
        defer { closedir(folder) }
        var tasks: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(cString: $0.bindMemory(to: CChar.self).baseAddress!)
            }
            if name.first != "." { tasks.append("/proc/\(process)/task/\(name)/") }
        }
        return tasks
    }

    private static func text(_ path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = read(file, &bytes, bytes.count)
        return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
    }
}
