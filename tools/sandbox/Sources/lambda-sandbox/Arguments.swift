import ArgumentParser
import Glibc
import Sandbox

/// Turns arguments into what they stand for, or says what is wrong with them.
enum Arguments {
    /// The absolute path of an executable file.
    static func executable(_ path: String, option: String) throws -> String {
        let absolute = try find(path, option, Settings.absolutePath)
        if let fault = ExecutableFault.ofKind(path) { throw ValidationError("\(option): \(path) \(fault)") }
        return absolute
    }

    /// The absolute path of a folder.
    static func folder(_ folder: String, option: String) throws -> String {
        let absolute = try find(folder, option, Settings.realPath)
        var status = stat()
        guard stat(absolute, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw ValidationError("\(option) \(folder): is no folder")
        }
        return absolute
    }

    private static func find(
        _ path: String, _ option: String, _ look: (String) throws(Errno) -> String
    ) throws -> String {
        do throws(Errno) {
            return try look(path)
        } catch {
            throw ValidationError("\(option) \(path): \(error.text.string)")
        }
    }

    /// A time limit given in seconds, in whole milliseconds.
    static func limit(_ seconds: Double, option: String, atMost most: Int = 900) throws -> Duration {
        guard seconds > 0, seconds <= Double(most) else {
            throw ValidationError("\(option) \(seconds): must be more than 0 and at most \(most) seconds")
        }
        return .milliseconds(Int64((seconds * 1000).rounded(.up)))
    }

    static func port(_ number: Int, option: String) throws -> UInt16 {
        guard let port = UInt16(exactly: number) else {
            throw ValidationError("\(option) \(number): must be between 0 and 65535")
        }
        return port
    }

    /// The region of this shell, as AWS's tools find it; nil for none.
    static var shellRegion: String? {
        for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            if let value = getenv(name), value.pointee != 0 { return String(cString: value) }
        }
        return nil
    }

    /// The names of this shell's variables that all processes have.
    static let inherited = ProcessEnvironment.inheritedNames.joined(separator: ", ")

    static func isOfRegion(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
            || byte == UInt8(ascii: "-")
    }

    /// The event in a file, `-` for standard input, nil for an empty object.
    static func payload(of file: String?) throws -> [UInt8] {
        guard let file else { return Array("{}".utf8) }
        let name = file == "-" ? "standard input" : file
        let number = file == "-" ? dup(0) : open(file, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else {
            // Somebody may have given the event itself.
            let remedy = file.hasPrefix("{") || file.hasPrefix("[") ? "; it names a file, and - standard input" : ""
            throw ValidationError("--event \(name): \(reason())\(remedy)")
        }
        let descriptor = FileDescriptor(rawValue: number)
        var buffer = Buffer()
        do {
            while case .bytes(let count) = try descriptor.read(into: buffer.reserve(65_536)) { buffer.commit(count) }
        } catch {
            throw ValidationError("--event \(name): \(error.text.string)")
        }
        if let fault = JSONFault(in: buffer.readable) {
            throw ValidationError("--event \(name): not JSON: \(fault)")
        }
        return buffer.readable.array
    }

    /// A variable as `NAME=VALUE`, or as `NAME` with the value it has here.
    static func variable(_ text: String) throws -> (name: String, value: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let name = parts.first, !name.isEmpty else { throw ValidationError("--env \(text): no name") }
        if parts.count == 2 { return (name, parts[1]) }
        guard let value = getenv(name) else { throw ValidationError("--env \(name): not set in this shell") }
        return (name, String(cString: value))
    }

    /// The style of the log; on a terminal with times, colors and columns, unless `NO_COLOR` or an option says otherwise
    /// (no-color.org).
    static func style(on descriptor: Int32, timestamps: Bool?, quiet: Bool) -> Console.Style {
        let isTerminal = isatty(descriptor) == 1
        let refusesColor = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        return Console.Style(
            hasTimestamps: timestamps ?? isTerminal, hasColors: isTerminal && !refusesColor, isQuiet: quiet,
            isAligned: isTerminal)
    }

    private static func reason() -> String { Errno(rawValue: errno).text.string }
}
