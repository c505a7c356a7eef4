import HTTP1
import TestSupport
import Testing

@Suite struct LimitTests {
    static let start = Array("GET / HTTP/1.1\r\nHost: h\r\n".utf8)

    /// Prefixes around the places where something happens, and some between.
    static func lengths(upTo count: Int, near places: Int...) -> [Int] {
        let near = places.flatMap { ($0 - 6)...($0 + 6) } + [count]
        return Set(near + stride(from: 0, to: count, by: 509)).filter { $0 >= 0 && $0 <= count }.sorted()
    }

    /// A head of exactly `count` bytes, filled up in a field value.
    static func head(of count: Int, after start: [UInt8] = start) -> [UInt8] {
        start + Array("A: ".utf8) + [UInt8](repeating: 0x78, count: count - start.count - 7) + Array("\r\n\r\n".utf8)
    }

    @Test(arguments: [start, Array("\r\n".utf8) + start])
    func headsMayBeAsLongAsTheLimit(start: [UInt8]) {
        let limit = HTTPLimits.headBytes
        let whole = Self.head(of: limit, after: start)
        guard case .complete(_, limit) = verdict(whole, requestVerdict) else {
            Issue.record("a head of \(limit) bytes is refused")
            return
        }
        for bytes in [Self.head(of: limit + 1, after: start), Array(Self.head(of: 30_000, after: start))] {
            let (verdict, decidedAt) = verdictOfEveryPrefix(
                bytes, lengths: Self.lengths(upTo: bytes.count, near: limit), requestVerdict)
            #expect(verdict == .refused(.headTooLarge))
            #expect(decidedAt == limit)
        }
    }

    /// Wherever the line lies, also behind 64 KiB, its parts are found.
    @Test(arguments: [30, 16_384, 65_535, 65_536, 1_100_000])
    func aCallerMayHaveAnotherLimit(limit: Int) {
        let verdicts = { (bytes: ByteView, table: inout FieldTable) in requestVerdict(bytes, &table, limit: limit) }
        let line = Array("Last: x\r\n\r\n".utf8)
        let start = Self.start + Array("A: ".utf8)
        let filler = [UInt8](repeating: 0x78, count: max(0, limit - start.count - 2 - line.count))
        let whole = start + filler + Array("\r\n".utf8) + line
        guard limit > 30 else { return #expect(verdict(whole, verdicts) == .refused(.headTooLarge)) }
        guard case .complete(let summary, limit) = verdict(whole, verdicts) else {
            Issue.record("a head of \(whole.count) bytes is refused")
            return
        }
        #expect(summary.fields[1].value.count == filler.count)
        #expect(summary.fields.last == Field("Last", "x"))
        let larger = Self.head(of: limit + 1)
        let (verdict, decidedAt) = verdictOfEveryPrefix(
            larger, lengths: Self.lengths(upTo: larger.count, near: limit).suffix(20), verdicts)
        #expect(verdict == .refused(.headTooLarge))
        #expect(decidedAt == limit)
    }

    @Test func responsesHaveTheSameLimit() {
        let start = Array("HTTP/1.1 200 OK\r\n".utf8)
        let whole = Self.head(of: HTTPLimits.headBytes, after: start)
        #expect(verdict(whole, responseVerdict) != .refused(.headTooLarge))
        let larger = Self.head(of: HTTPLimits.headBytes + 1, after: start)
        let (verdict, decidedAt) = verdictOfEveryPrefix(
            larger, lengths: Self.lengths(upTo: larger.count, near: HTTPLimits.headBytes), responseVerdict)
        #expect(verdict == .refused(.headTooLarge))
        #expect(decidedAt == HTTPLimits.headBytes)
    }

    /// A fault behind the limit comes too late to be the reason.
    @Test func nothingBehindTheLimitIsRead() {
        var bytes = Self.head(of: HTTPLimits.headBytes + 100)
        bytes[HTTPLimits.headBytes + 1] = 0
        #expect(verdict(bytes, requestVerdict) == .refused(.headTooLarge))
        bytes[HTTPLimits.headBytes - 1] = 0
        #expect(verdict(bytes, requestVerdict) == .refused(.malformedFieldValue))
    }

    @Test func headsMayHaveAsManyFieldsAsTheLimit() {
        let full = Self.start + (1..<HTTPLimits.fields).flatMap { Array("F\($0): x\r\n".utf8) }
        guard case .complete(let summary, _) = verdict(full + Array("\r\n".utf8), requestVerdict) else {
            Issue.record("\(HTTPLimits.fields) fields are refused")
            return
        }
        #expect(summary.fields.count == HTTPLimits.fields)
        #expect(summary.fields.last == Field("F\(HTTPLimits.fields - 1)", "x"))

        let bytes = full + Array("One-More: x\r\n\r\n".utf8)
        let (verdict, decidedAt) = verdictOfEveryPrefix(
            bytes, lengths: Self.lengths(upTo: bytes.count, near: full.count), requestVerdict)
        #expect(verdict == .refused(.tooManyFields))
        #expect(decidedAt == full.count + 1)
    }

    @Test(arguments: ["GET ", "\r\nDELETE "])
    func targetsMayBeAsLongAsTheLimit(method: String) {
        let longest = Array(method.utf8) + [UInt8](repeating: 0x2F, count: HTTPLimits.targetBytes)
        let rest = Array(" HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
        guard case .complete(let summary, _) = verdict(longest + rest, requestVerdict) else {
            Issue.record("a target of \(HTTPLimits.targetBytes) bytes is refused")
            return
        }
        #expect(summary.target.utf8.count == HTTPLimits.targetBytes)

        for following in [[0x2F] + rest, [0x2F, 0], [UInt8](repeating: 0x2F, count: 20_000)] as [[UInt8]] {
            let bytes = longest + following
            let (verdict, decidedAt) = verdictOfEveryPrefix(
                bytes, lengths: Self.lengths(upTo: bytes.count, near: longest.count), requestVerdict)
            #expect(verdict == .refused(.targetTooLong))
            #expect(decidedAt == longest.count + 1)
        }
        #expect(verdict(longest + [0], requestVerdict) == .refused(.malformedTarget))
    }
}
