import Sandbox

/// The newest lines of a log.
struct PageLog {
    /// The most bytes that are kept of a line, and of all of them.
    static let limit = (line: 16_384, whole: 262_144)
    /// The bytes that a line takes beside its text.
    private static let lineCost = 64

    private struct Line {
        let wall: Int64
        /// The process that wrote it; nil for the service.
        let process: String?
        let text: String
        let cost: Int
    }

    private var lines: [Line] = []
    /// The number of older lines that are not kept.
    private(set) var dropped = 0
    /// The bytes that it takes.
    private(set) var cost = 0

    mutating func append(_ text: ByteView, of process: String?, at wall: Int64) {
        let isCut = text.count > Self.limit.line
        let kept = text[0..<min(text.count, Self.limit.line)]
        let line = Line(
            wall: wall, process: process, text: kept.string + (isCut ? "…" : ""), cost: kept.count + Self.lineCost)
        lines.append(line)
        cost += line.cost
        guard cost > Self.limit.whole else { return }
        // Some more than it must be, so that not every further line moves all the others.
        var count = 0
        while cost > Self.limit.whole * 3 / 4 {
            cost -= lines[count].cost
            count += 1
        }
        lines.removeFirst(count)
        dropped += count
    }

    /// Each line as its time, its process and its text.
    var json: JSONValue {
        .object([
            ("dropped", .count(dropped)),
            (
                "lines",
                .array(lines.map { .array([.integer($0.wall), .text($0.process), .string($0.text)]) })
            ),
        ])
    }
}
