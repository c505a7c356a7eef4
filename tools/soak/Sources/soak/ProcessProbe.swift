import Glibc
import Processes

/// Reads from the kernel which resources a process uses.
enum ProcessProbe {
    /// Resident memory in kilobytes; nil when the process is gone.
    static func residentKilobytes(of process: pid_t) -> Int? {
        let words = ProcessFiles(of: process).text("statm").split(separator: " ")
        guard words.count > 1, let pages = Int(words[1]), pages > 0 else { return nil }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE))) / 1024
    }

    /// The state of each thread of a process: its letter, where in the kernel it waits, and its run-queue delay, as in
    /// `S ep_poll, 12 ms of run-queue delay`.
    static func threads(of process: pid_t) -> String {
        let threads = ProcessFiles(of: process).threads.map { thread in
            "\(thread.stat.first ?? "?") \(thread.text("wchan")), "
                + "\(Int(runQueueDelay(of: thread) / .milliseconds(1))) ms of run-queue delay"
        }
        return threads.isEmpty ? "gone" : threads.joined(separator: " | ")
    }

    /// The time that each thread of a process, by its folder, has waited for a processor, ready to run, since it began; none when
    /// the process is gone, zero when the kernel does not count it.
    static func runQueueDelays(of process: pid_t) -> [String: Duration] {
        let threads = ProcessFiles(of: process).threads
        return Dictionary(uniqueKeysWithValues: threads.map { ($0.folder, runQueueDelay(of: $0)) })
    }

    /// The second number of `schedstat`, as the kernel's documentation of scheduler statistics has it.
    private static func runQueueDelay(of thread: ProcessFiles) -> Duration {
        let words = thread.text("schedstat").split(separator: " ")
        return .nanoseconds(words.count > 1 ? Int64(words[1]) ?? 0 : 0)
    }
}
