import Glibc
import Processes

/// Python's web server on a free port, with which people look at the site, too.
final class Server {
    let origin: String
    private let process: pid_t

    /// - Throws: `Errno` where it cannot be started, ``Failure`` where it does not say its port.
    init(of folder: String, deadline: ContinuousClock.Instant) throws {
        let output = try makePipe()
        defer { close(output.reader) }
        var spawn = Spawn(["python3", "-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory", folder, "0"])
        // What it says of each request goes nowhere.
        spawn.command = ["sh", "-c", "exec \"$@\" 2>/dev/null", "sh"] + spawn.command
        spawn.output = output.writer
        spawn.diesWithParent = true
        process = try spawn.start()
        close(output.writer)
        var text = ""
        while let bytes = try read(output.reader, before: deadline), !bytes.isEmpty {
            text += String(decoding: bytes, as: UTF8.self)
            // To the line's end: it writes that apart, and would end if nobody read it.
            guard let port = text.firstMatch(of: #/port (\d+) .*\n/#)?.1 else { continue }
            origin = "http://127.0.0.1:\(port)"
            return
        }
        ProcessEnd.killing(process)
        throw Failure(description: "python3 -m http.server does not say its port: \(text)")
    }

    deinit { ProcessEnd.killing(process) }
}
