import Foundation
import Processes

/// A tab of headless Chromium, told what to do in the Chrome DevTools Protocol over two pipes.
package final class Browser {
    private struct Message: Decodable {
        struct Result: Decodable {
            struct Value: Decodable {
                /// Nil for what is no string, such as an exception.
                var value: String?

                private enum CodingKeys: CodingKey { case value }

                init(from decoder: any Decoder) throws {
                    value = try? decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .value)
                }
            }
            var targetId: String?
            var sessionId: String?
            var errorText: String?
            var result: Value?
            var exceptionDetails: Exception?
        }
        struct Event: Decodable {
            struct Entry: Decodable {
                var level: String
                var text: String
                var url: String?
            }
            var entry: Entry?
            var exceptionDetails: Exception?
        }
        struct Exception: Decodable {
            struct Object: Decodable { var description: String? }
            var text: String
            var exception: Object?
            var words: String { exception?.description ?? text }
        }
        struct Fault: Decodable { var message: String }

        var id: Int?
        var result: Result?
        var error: Fault?
        var params: Event?
    }

    private let process: pid_t
    private let commands: Int32
    private let answers: Int32
    private var received: [UInt8] = []
    private var count = 0
    private var session: String?
    private var complaints: [String] = []

    /// Starts it, with one tab.
    ///
    /// - Parameter folder: where it may leave what it likes.
    package init(program: String, folder: String) throws {
        let (toBrowser, fromBrowser) = try (makePipe(), makePipe())
        // It reads descriptor 3 and writes 4. It finds nobody but this machine, so that a page that loads something from elsewhere
        // is noticed.
        var spawn = Spawn(
            [
                "sh", "-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1", "sh", program, "--headless",
                "--no-sandbox",
                "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-pipe",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--window-size=1400,1000",
                "--user-data-dir=\(folder)",
            ], environment: Spawn.variables(["TMPDIR": folder]))
        spawn.input = toBrowser.reader
        spawn.output = fromBrowser.writer
        spawn.leadsGroup = true
        spawn.diesWithParent = true
        process = try spawn.start()
        close(toBrowser.reader)
        close(fromBrowser.writer)
        commands = toBrowser.writer
        answers = fromBrowser.reader
        let target = try call("Target.createTarget", ["url": "about:blank"])
        session = try call("Target.attachToTarget", ["targetId": target.targetId ?? "", "flatten": true]).sessionId
        for domain in ["Page", "Runtime", "Log"] { _ = try call("\(domain).enable") }
    }

    deinit {
        ProcessEnd.killing(-process)
        close(commands)
        close(answers)
    }

    /// Loads a page anew.
    package func load(_ url: String) throws {
        if let fault = try call("Page.navigate", ["url": url]).errorText {
            throw Failure(description: "\(url): \(fault)")
        }
    }

    /// Shows pages as on a screen of so many points, and to somebody who likes them dark.
    package func setScreen(width: Int, height: Int, isDark: Bool) throws {
        try call(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600])
        let scheme = ["name": "prefers-color-scheme", "value": isDark ? "dark" : "light"]
        try call("Emulation.setEmulatedMedia", ["features": [scheme]])
    }

    /// The value of an expression: a string, or a promise of one.
    package func evaluate(_ expression: String) throws -> String {
        let result = try call(
            "Runtime.evaluate", ["expression": expression, "awaitPromise": true, "returnByValue": true])
        if let exception = result.exceptionDetails { throw Failure(description: exception.words) }
        return result.result?.value ?? ""
    }

    /// The failed requests and exceptions in the page since this was asked last.
    package func takeComplaints() -> [String] {
        defer { complaints = [] }
        return complaints
    }

    @discardableResult
    private func call(_ method: String, _ parameters: [String: Any] = [:]) throws -> Message.Result {
        count += 1
        var message: [String: Any] = ["id": count, "method": method, "params": parameters]
        message["sessionId"] = session
        var bytes = try [UInt8](JSONSerialization.data(withJSONObject: message)) + [0]
        while !bytes.isEmpty {
            let written = write(commands, bytes, bytes.count)
            guard written > 0 else { throw Failure(description: "the browser has ended") }
            bytes.removeFirst(written)
        }
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let answer = try receive(before: deadline)
            if let entry = answer.params?.entry, entry.level == "error" {
                complaints.append("\(entry.text) \(entry.url ?? "")")
            }
            if let exception = answer.params?.exceptionDetails { complaints.append(exception.words) }
            guard answer.id == count else { continue }
            guard let result = answer.result else {
                throw Failure(description: "\(method): \(answer.error?.message ?? "no result")")
            }
            return result
        }
    }

    /// The next message, which ends with a zero.
    private func receive(before deadline: ContinuousClock.Instant) throws -> Message {
        while true {
            if let end = received.firstIndex(of: 0) {
                defer { received.removeSubrange(...end) }
                return try JSONDecoder().decode(Message.self, from: Data(received[..<end]))
            }
            guard let bytes = try read(answers, before: deadline) else {
                throw Failure(description: "the browser says nothing any more")
            }
            guard !bytes.isEmpty else { throw Failure(description: "the browser has ended") }
            received += bytes
        }
    }
}
