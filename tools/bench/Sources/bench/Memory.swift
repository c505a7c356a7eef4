import Glibc
import Processes

/// A process's memory as it is mapped now (smaps_rollup, proc(5)), in bytes.
struct Memory {
    /// All pages that are in memory, those of the executable's file among them.
    let resident: Int
    /// The pages that only this process has and that it has written to.
    let privateDirty: Int

    init(of pid: pid_t) throws {
        let text = ProcessFiles(of: pid).text("smaps_rollup")
        guard let resident = ProcessFiles.number("Rss:", in: text),
            let dirty = ProcessFiles.number("Private_Dirty:", in: text)
        else { throw Failure("the memory of process \(pid) cannot be read") }
        self.resident = resident * 1024
        privateDirty = dirty * 1024
    }
}
