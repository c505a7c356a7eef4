import Glibc

/// What the kernel says that a process has in use.
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

    /// What each thread of a process is at: its state's letter and where in the kernel it waits, as in `S ep_poll`.
    static func threads(of process: pid_t) -> String {
        guard let folder = opendir("/proc/\(process)/task") else { return "gone" }
        defer { closedir(folder) }
        var threads: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(cString: $0.bindMemory(to: CChar.self).baseAddress!)
            }
            guard name.first != "." else { continue }
            let task = "/proc/\(process)/task/\(name)/"
            // The state follows the name in parentheses, which may hold anything.
            let state = text(task + "stat").split(separator: ")").last?.dropFirst().first.map(String.init) ?? "?"
            threads.append(state + " " + text(task + "wchan"))
        }
        return threads.joined(separator: ", ")
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
