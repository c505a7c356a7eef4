import Testing

/// Tests that call a serving sandbox.
protocol Serving {}

extension Serving {
    /// A serving sandbox and its address.
    func serve(
        _ options: [String] = [], function: String = "function"
    ) throws -> (command: Command, url: String) {
        let command = try Command.run(
            ["--serve", "127.0.0.1:0", "--json", "@/out.json", "--env", "TEST_FOLDER=@"] + options, function: function)
        return (command, try command.address(after: "Invoke API"))
    }

    /// Begins to invoke with curl, past any proxy.
    func curl(
        _ url: String, _ steps: String, name: String = "f", query: String = "", _ options: [String] = []
    ) throws -> Command {
        try Command(
            "/usr/bin/curl",
            [
                "-sS", "--noproxy", "*", "-X", "POST", "\(url)/2015-03-31/functions/\(name)/invocations\(query)",
                "--data-binary", steps.hasPrefix("[") ? "{\"steps\":\(steps)}" : steps,
            ] + options)
    }

    func invoke(
        _ url: String, _ steps: String, name: String = "f", query: String = "", _ options: [String] = []
    ) throws -> (head: [String], body: String) {
        try answer(to: curl(url, steps, name: name, query: query, ["-i", "-H", "Expect:"] + options))
    }

    /// Waits for the answer to curl, which was told to include its head.
    func answer(to curl: Command) throws -> (head: [String], body: String) {
        #expect(try curl.wait() == 0)
        let lines = curl.output.map { $0.replacingOccurrences(of: "\r", with: "") }
        let end = lines.firstIndex(of: "") ?? lines.count
        return (Array(lines[..<end]), lines[min(end + 1, lines.count)...].joined(separator: "\n"))
    }
}
