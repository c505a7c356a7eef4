import HTTP1
import TestSupport

/// A random valid request head, and what it says.
struct GeneratedHead {
    private(set) var bytes: [UInt8] = []
    private(set) var summary = RequestSummary()

    init(_ random: inout SeededGenerator) {
        if random.chance(1, in: 8) { bytes += "\r\n".utf8 }
        summary.method = Self.string(1...10, of: Self.tokens, &random)
        summary.target = Self.string(1...60, of: Self.targets, &random)
        summary.version = random.chance(1, in: 4) ? .http10 : .http11
        bytes += "\(summary.method) \(summary.target) HTTP/1.\(summary.version == .http11 ? 1 : 0)\r\n".utf8

        addHost(&random)
        addFraming(&random)
        addConnection(&random)
        addOthers(&random)
        summary.fields.shuffle(using: &random)
        for field in summary.fields {
            bytes += field.name + [0x3A] + Self.blanks(&random) + field.value + Self.blanks(&random)
            bytes += "\r\n".utf8
        }
        bytes += "\r\n".utf8
    }

    private mutating func addHost(_ random: inout SeededGenerator) {
        guard summary.version == .http11 || random.chance(1, in: 2) else { return }
        summary.fields.append(Field("Host", Self.string(0...20, of: Self.hosts, &random)))
    }

    private mutating func addFraming(_ random: inout SeededGenerator) {
        switch random.next() % 4 {
        case 0:
            let length = random.next() >> (random.next() % 64)
            summary.framing = .length(length)
            summary.fields.append(Field("Content-Length", "\(length)"))
            if random.chance(1, in: 4) { summary.fields.append(Field("CONTENT-length", "0\(length) , \(length)")) }
        case 1 where summary.version == .http11:
            summary.framing = .chunked
            summary.fields.append(Field("Transfer-Encoding", "Chunked"))
        default: break
        }
        guard random.chance(1, in: 4) else { return }
        summary.expectsContinue = summary.version == .http11
        summary.fields.append(Field("Expect", "100-continue"))
    }

    private mutating func addConnection(_ random: inout SeededGenerator) {
        summary.isKeepAlive = summary.version == .http11
        switch random.next() % 4 {
        case 0:
            summary.isKeepAlive = false
            summary.fields.append(Field("Connection", "x,close"))
        case 1:
            summary.isKeepAlive = true
            summary.fields.append(Field("connection", "Keep-Alive"))
        default: break
        }
    }

    private mutating func addOthers(_ random: inout SeededGenerator) {
        for _ in 0..<random.next() % 8 {
            let name = Array("X-".utf8) + Self.bytes(0...20, of: Self.tokens, &random)
            // A value with blanks at its ends would not come back as it was sent.
            var value = Self.bytes(0...40, of: Self.values, &random)
            while let last = value.last, ASCII.isBlank(last) { value.removeLast() }
            while let first = value.first, ASCII.isBlank(first) { value.removeFirst() }
            summary.fields.append(Field(name: name, value: value))
        }
    }

    private static let tokens = (UInt8.min...UInt8.max).filter(ByteClass.isToken)
    private static let targets = (UInt8.min...UInt8.max).filter(ByteClass.isTarget)
    private static let values = (UInt8.min...UInt8.max).filter(ByteClass.isValue)
    private static let hosts = (UInt8.min...UInt8.max).filter(ByteClass.isHost)

    private static func blanks(_ random: inout SeededGenerator) -> [UInt8] {
        (0..<random.next() % 3).map { _ in random.chance(1, in: 4) ? 0x09 : 0x20 }
    }

    private static func bytes(
        _ counts: ClosedRange<Int>, of allowed: [UInt8], _ random: inout SeededGenerator
    ) -> [UInt8] {
        (0..<Int.random(in: counts, using: &random)).map { _ in allowed.randomElement(using: &random)! }
    }

    private static func string(
        _ counts: ClosedRange<Int>, of allowed: [UInt8], _ random: inout SeededGenerator
    ) -> String {
        String(decoding: bytes(counts, of: allowed, &random), as: UTF8.self)
    }
}
