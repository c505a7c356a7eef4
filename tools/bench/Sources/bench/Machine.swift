import Foundation
import Processes

/// The machine that the figures were measured on.
enum Machine {
    /// The processor, the number of cores and the kernel.
    static var description: String {
        let lines = ProcessFiles.text("/proc/cpuinfo").split(separator: "\n")
        let model =
            lines.first { $0.hasPrefix("model name") }.flatMap { $0.split(separator: ":").last } ?? "unknown CPU"
        let kernel = ProcessFiles.text("/proc/sys/kernel/osrelease").trimmingCharacters(in: .whitespacesAndNewlines)
        let name = model.trimmingCharacters(in: .whitespaces)
        return "\(name), \(ProcessInfo.processInfo.processorCount) cores, Linux \(kernel)"
    }

    /// Today, in UTC.
    static var date: String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "UTC")
        format.dateFormat = "yyyy-MM-dd"
        return format.string(from: Date())
    }
}
