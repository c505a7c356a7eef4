import Glibc

/// The kernel's account of processes in `/proc` (proc(5)).
package struct ProcessFiles {
    /// The folder of a process, or of one of its threads, with a slash at its end.
    package let folder: String

    package init(of process: pid_t) { folder = "/proc/\(process)/" }

    private init(folder: String) { self.folder = folder }

    /// The text of one of its files; empty when the process is gone, or the file not to be read.
    package func text(_ name: String) -> String { Self.text(folder + name) }

    /// The number in the line of a file that begins with a name, as in `VmHWM:     4321 kB`; nil when there is none.
    package func number(_ name: String, in file: String) -> Int? { Self.number(name, in: text(file)) }

    /// The number in the line of a text that begins with a name.
    package static func number(_ name: String, in text: String) -> Int? {
        var rest = text.utf8[...]
        while !rest.starts(with: name.utf8) {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            rest = rest[rest.index(after: end)...]
        }
        let digits = rest.dropFirst(name.utf8.count).drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        return Int(String(Substring(digits.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })))
    }

    /// The fields of `stat` behind the name, which may hold anything: the state's letter comes first.
    package var stat: [Substring] {
        let text = text("stat")
        return text.lastIndex(of: ")").map { text[text.index(after: $0)...].split(separator: " ") } ?? []
    }

    package var threads: [ProcessFiles] {
        (entries("task") ?? []).map { ProcessFiles(folder: folder + "task/\($0)/") }
    }

    /// The number of its open descriptors, of this process without the one that it takes to look; nil when it is gone.
    package var descriptorCount: Int? {
        entries("fd").map { folder == "/proc/\(getpid())/" ? $0.count - 1 : $0.count }
    }

    private func entries(_ name: String) -> [String]? {
        guard let stream = opendir(folder + name) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(cString: $0.bindMemory(to: CChar.self).baseAddress!)
            }
            if name.first != "." { names.append(name) }
        }
        return names
    }

    /// The text of a file; empty when it cannot be read.
    package static func text(_ path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count > 0 { bytes += buffer[..<count] } else if count == 0 || errno != EINTR { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
