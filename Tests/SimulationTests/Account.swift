/// The witness's knowledge of a connection of a function or a stranger.
struct Account {
    var sent: [(end: Int, request: LocalRequest, invocation: Int)] = []
    /// Requests read and not answered, with the kernel's count of calls when they were read.
    var unanswered: [(request: LocalRequest, invocation: Int, readAt: Int)] = []
    var answerBytes: [UInt8] = []
    var answered = 0
    /// True if what was sent may be refused, or never becomes a request.
    var isSpoiled = false
    var wasRefused = false
    var isLast = false
    /// The turn in which it was accepted, or last had a complete request: whatever times out began later.
    var since: Int64
    var blockedSince: Int64?
    var hasLeft = false
    /// True if a call on it has failed.
    var isBroken = false

    /// Takes the next whole answer from what the extension has said, and gives its status; zero for what is none.
    mutating func nextStatus() -> Int? {
        guard answerBytes.count > 12 else { return nil }
        var end = 0
        while end + 4 <= answerBytes.count, answerBytes[end..<end + 4] != [13, 10, 13, 10] { end += 1 }
        guard end + 4 <= answerBytes.count else { return nil }
        let head = String(decoding: answerBytes[..<end], as: UTF8.self)
        guard let status = Int(head.dropFirst(9).prefix(3)), head.hasPrefix("HTTP/1.1 ") else {
            answerBytes = []
            return 0
        }
        var count = 0
        for line in head.split(separator: "\r\n") where line.hasPrefix("Content-Length: ") {
            count = Int(line.dropFirst(16)) ?? 0
        }
        guard answerBytes.count >= end + 4 + count else { return nil }
        answerBytes.removeFirst(end + 4 + count)
        return status
    }
}
