import CBench

/// A process's memory as it is mapped now (smaps_rollup, proc(5)), in bytes.
struct Memory {
    /// All pages that are in memory, those of the executable's file among them.
    let resident: Int
    /// The pages that only this process has and that it has written to.
    let privateDirty: Int

    init(of pid: pid_t) throws {
        let lines = Machine.text("/proc/\(pid)/smaps_rollup").split(separator: "\n")
        func bytes(_ name: String) throws -> Int {
            let words = lines.first { $0.hasPrefix(name) }?.split(separator: " ")
            guard let words, words.count == 3, let kibibytes = Int(words[1]) else {
                throw Failure("the memory of process \(pid) cannot be read")
            }
            return kibibytes * 1024
        }
        resident = try bytes("Rss:")
        privateDirty = try bytes("Private_Dirty:")
    }
}
