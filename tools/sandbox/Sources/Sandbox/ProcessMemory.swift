import Glibc

/// Reads a process's memory use from the kernel.
package enum ProcessMemory {
    /// The most resident memory the process ever had (`VmHWM`), in kilobytes; 0 when it is gone.
    package static func peakKilobytes(of process: pid_t) -> Int {
        let number = open("/proc/\(process)/status", O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return 0 }
        let file = FileDescriptor(rawValue: number)
        var buffer = Buffer(capacity: 4096)
        guard case .bytes(let count)? = try? file.read(into: buffer.reserve(4096)) else { return 0 }
        buffer.commit(count)
        return find(ByteView("VmHWM:"), in: buffer.readable)
    }

    /// The number in the line that begins with `name`.
    package static func find(_ name: ByteView, in text: ByteView) -> Int {
        var rest = text
        while !rest.isEmpty {
            let end = rest.firstIndex(of: ASCII.lineFeed) ?? rest.count
            if rest.starts(with: name) {
                let value = rest[name.count..<end].trimmed
                let digits = value.firstIndex(of: ASCII.space) ?? value.count
                return Int(value[0..<digits].decimal ?? 0)
            }
            rest = rest.dropFirst(min(end + 1, rest.count))
        }
        return 0
    }
}
