import HTTP1
import TestSupport
import Testing

/// Random heads, whole, split and damaged. A seed that fails reproduces the failure.
@Suite struct GeneratedHeadTests {
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func validHeadsAreUnderstoodAtEverySplit(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<10 {
            let head = GeneratedHead(&random)
            let (verdict, decidedAt) = verdictOfEveryPrefix(
                head.bytes + Array("next".utf8), guardsEach: false, requestVerdict)
            #expect(verdict == .complete(head.summary, length: head.bytes.count), "seed \(seed)")
            #expect(decidedAt == head.bytes.count, "seed \(seed)")
            #expect(referenceRequest(head.bytes)?.summary == head.summary, "seed \(seed)")
        }
    }

    /// One small damage: a byte changed, lost or gained, or a piece repeated.
    private static func damage(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        let telling = Array("\r\n\0 \t:,;/\"0aZ\u{7F}\u{1}".utf8) + [0x80, 0xFF]
        let byte = telling.randomElement(using: &random)!
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch random.next() % 5 {
        case 0: bytes[index] = byte
        case 1: bytes[index] ^= 1 << (random.next() % 8)
        case 2: bytes.remove(at: index)
        case 3: bytes.insert(byte, at: index)
        default:
            let piece = bytes[index..<min(bytes.count, index + Int.random(in: 1...40, using: &random))]
            bytes.insert(contentsOf: piece, at: Int.random(in: 0...bytes.count, using: &random))
        }
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func damagedHeadsAreJudgedAlikeHoweverTheyAreSplit(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<40 {
            var bytes = GeneratedHead(&random).bytes
            for _ in 0...random.next() % 2 { Self.damage(&bytes, &random) }
            let (verdict, _) = verdictOfEveryPrefix(bytes, guardsEach: false, requestVerdict)
            switch (verdict, referenceRequest(bytes)) {
            case (.complete(let summary, let length), let reference?):
                #expect(summary == reference.summary, "seed \(seed)")
                #expect(length == reference.length, "seed \(seed)")
            case (.complete, nil), (.partial, _?), (.refused, _?):
                Issue.record("seed \(seed): \(verdict) for \(String(decoding: bytes, as: UTF8.self).debugDescription)")
            case (.partial, nil), (.refused, nil):
                break
            }
        }
    }

    /// Nothing but random bytes, also as responses and trailers: no crash, and one verdict.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func noiseIsJudgedAlikeHoweverItIsSplit(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for start in ["", "GET / HTTP/1.1\r\n", "HTTP/1.1 200 ", "A: "] {
            for _ in 0..<20 {
                let count = Int.random(in: 0...40, using: &random)
                let bytes = Array(start.utf8) + (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                _ = verdictOfEveryPrefix(bytes, guardsEach: false, requestVerdict)
                _ = verdictOfEveryPrefix(bytes, guardsEach: false, responseVerdict)
                _ = verdictOfEveryPrefix(bytes, guardsEach: false, trailersVerdict)
            }
        }
    }
}
