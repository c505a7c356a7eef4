import Glibc
import Timing

/// One head of the table, with the line ends it has on the wire.
public struct Head: Sendable {
    /// Its name in the table, such as `curl`.
    public var name: String
    /// True if it is a request's.
    public var isRequest: Bool
    /// Start line, fields and the empty line behind them.
    public var bytes: [UInt8]

    /// The lines with a field.
    public var fieldCount: Int { bytes.count { $0 == 0x0A } - 2 }
}

/// Reads a table of heads: `== request NAME` or `== response NAME` and then the head's lines, the empty one included.
public func readHeads(_ path: String) -> [Head] {
    guard let file = fopen(path, "r") else { fail("cannot open \(path)") }
    defer { fclose(file) }
    var heads: [Head] = []
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    while getline(&line, &capacity, file) > 0 {
        var text = String(cString: line!)
        if text.last == "\n" { text.removeLast() }
        if text.hasPrefix("== ") {
            let words = text.split(separator: " ")
            guard words.count == 3 else { fail("not a title: \(text)") }
            heads.append(Head(name: String(words[2]), isRequest: words[1] == "request", bytes: []))
        } else {
            guard !heads.isEmpty else { fail("a line before the first title") }
            heads[heads.count - 1].bytes += Array((text + "\r\n").utf8)
        }
    }
    return heads
}
