import Glibc
import ReactorHTTP

/// The reason why the kernel executes a file no further, in words.
///
/// They are sought once execve(2) has failed, and not before: a kernel may have been told how to run what it cannot run by itself
/// (binfmt_misc).
package enum ExecutableFault {
    /// Says what is wrong with a program that could not be started: `/var/task/bootstrap is for arm64, this machine is x86_64`.
    ///
    /// - Parameter directory: where it was started, from where a relative interpreter is looked for.
    package static func text(of path: String, in directory: String, after error: Errno) -> String {
        fault(of: path, directory, error, level: 0).map { "\(path) \($0)" } ?? "\(path): \(error.text.string)"
    }

    /// The objection of a file's kind and permissions to its execution, as the rest of a sentence about it; nil for nothing, and where
    /// nothing can be found out.
    package static func ofKind(_ path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: return "is a folder"
        default: return "is no file"
        }
        guard access(path, X_OK) != 0 else { return nil }
        return status.st_mode & 0o111 == 0
            ? "is not executable (chmod +x would make it so)" : "may not be executed: \(reason())"
    }

    /// The objection of a file's beginning to its execution, if that is all there is to it; nil for none.
    package static func ofContent(_ start: ByteView) -> String? {
        if start.isEmpty { return "is empty" }
        if ELFHeader.isELF(start) {
            guard let header = ELFHeader(start) else { return "is an ELF file whose end is missing" }
            switch header.kind {
            case .executable, .shared:
                let here = thisMachine
                return header.architecture == here ? nil : "is for \(header.architecture), this machine is \(here)"
            case .relocatable: return "is an object file, not yet linked to a program"
            case .core: return "is a core dump"
            case nil: return "is an ELF file, but no program"
            }
        }
        if let script = Script(start) {
            guard let interpreter = script.interpreter else { return "names an interpreter too long for the kernel" }
            return interpreter.isEmpty ? "names no interpreter after #!" : nil
        }
        if machOMagics.contains(where: start.array.starts(with:)) { return "is for macOS, not for Linux" }
        if start.starts(with: "MZ") { return "is for Windows, not for Linux" }
        if start.starts(with: "\u{FEFF}#!") { return "begins with a byte order mark, where #! should stand" }
        let isText = start.array.allSatisfy { $0 >= 0x20 && $0 != 0x7F || 0x09...0x0D ~= $0 }
        return isText ? "is text, and does not begin with #! and an interpreter" : "is neither an ELF file nor a script"
    }

    private static func fault(of path: String, _ directory: String, _ error: Errno, level: Int) -> String? {
        switch error.rawValue {
        case ENOENT, EACCES, ENOEXEC, ELIBBAD: break
        default: return nil
        }
        if let fault = ofKind(path) { return fault }
        guard let start = bytes(of: path, 0..<UInt64(Script.limit)) else { return nil }
        // Where something is not there, the kernel had nothing against what it read before.
        if error != .noSuchFile, let fault = start.withByteView(ofContent) { return fault }
        // What is to execute it is at fault, for which the same holds, as often as the kernel goes on in this way.
        guard level < 5, let (role, helper) = helper(of: path, start) else { return nil }
        let place = helper.hasPrefix("/") ? helper : "\(directory)/\(helper)"
        let name = helper.hasSuffix("\r") ? "\(helper.dropLast())\\r (its lines end in CR LF)" : helper
        guard access(place, F_OK) == 0 else { return "needs the \(role) \(name): \(reason())" }
        return fault(of: place, directory, error, level: level + 1).map { "needs the \(role) \(name), which \($0)" }
    }

    /// The file that is to execute another, and what it is to that.
    private static func helper(of path: String, _ start: [UInt8]) -> (role: String, path: String)? {
        if let script = start.withByteView(Script.init) { return script.interpreter.map { ("interpreter", $0) } }
        guard let header = start.withByteView(ELFHeader.init), let table = bytes(of: path, header.programHeaders),
            let place = table.withByteView(header.loaderPath), let loader = bytes(of: path, place)
        else { return nil }
        return ("dynamic loader", String(decoding: loader, as: UTF8.self))
    }

    /// The bytes of a part of a file, as many as there are; nil if it cannot be read.
    private static func bytes(of path: String, _ range: Range<UInt64>) -> [UInt8]? {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        let file = FileDescriptor(rawValue: number)
        var bytes = [UInt8](repeating: 0, count: range.count)
        let count = pread(file.rawValue, &bytes, bytes.count, off_t(range.lowerBound))
        return count < 0 ? nil : Array(bytes[..<count])
    }

    private static func reason() -> String { Errno(rawValue: errno).text.string }

    /// The name of this machine's processor, as Lambda has it.
    private static var thisMachine: String {
        var names = utsname()
        guard uname(&names) == 0 else { return "another" }
        let name = withUnsafeBytes(of: names.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return name == "aarch64" ? "arm64" : name
    }

    /// Of 32 and 64 bits, and of several architectures in one file.
    private static let machOMagics: [[UInt8]] = [
        [0xCE, 0xFA, 0xED, 0xFE], [0xCF, 0xFA, 0xED, 0xFE], [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0],
    ]
}
