import Foundation
import ToolsTestSupport

/// One request of HTTP/1.1 over a connection of its own, and its answer. Blocks, with a deadline on each step.
struct HTTPExchange {
    let status: Int
    let body: String
    private let head: [Substring]

    init(
        _ method: String, _ path: String, host: String, port: UInt16, fields: [String: String] = [:], body: String = ""
    ) throws {
        let connection = try Connection(host, port)
        var request = "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n"
        for (name, value) in fields { request += "\(name): \(value)\r\n" }
        request += "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        try connection.send(request)
        let answer = try connection.readAll()
        guard let end = answer.range(of: "\r\n\r\n") else { throw TestFailure("\(method) \(path): no answer") }
        head = answer[..<end.lowerBound].split(separator: "\r\n")
        self.body = String(answer[end.upperBound...])
        status = head.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }

    /// The value of a field of the answer.
    func field(_ name: String) -> String? {
        let line = head.dropFirst().first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
        return line.map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
    }
}
