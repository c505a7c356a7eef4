import Foundation
import JSON
import TestSupport
import Testing

/// The same documents given to Foundation's reader, which must agree on what is JSON but for the ``Difference``s.
@Suite struct DifferentialTests {
    @Test func agreesOnTheTables() {
        for (document, _) in Documents.accepted { compare(Array(document.utf8), "accepted") }
        for (document, _, _) in Documents.rejected { compare(document, "rejected") }
    }

    /// Every difference is still there: one that Foundation has given up should leave the list.
    @Test(
        arguments: [
            ("[1,]", .trailingComma), ("{\"a\":1,}", .trailingComma), ("\u{FEFF}[]", .otherEncoding),
            ("1\0", .otherEncoding),
            (Documents.nested(65), .deepNesting), ("1e400", .hugeNumber),
        ] as [(String, Difference)])
    func differsAsListed(document: String, difference: Difference) {
        let bytes = Array(document.utf8)
        #expect(isAcceptedByUs(bytes) != isAcceptedByFoundation(bytes))
        #expect(Difference(in: bytes) == difference)
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func agreesOnMutations(seed: UInt64) {
        var mutator = Mutator(random: SeededGenerator(seed: seed))
        for round in 0..<500 { compare(mutator.next(), "seed \(seed), round \(round)") }
    }

    private func compare(_ bytes: [UInt8], _ origin: String) {
        let ours = isAcceptedByUs(bytes)
        if ours != isAcceptedByFoundation(bytes), Difference(in: bytes) == nil {
            let text = String(decoding: bytes, as: UTF8.self).debugDescription
            Issue.record("\(ours ? "only we accept" : "only Foundation accepts") \(text), \(origin)")
        }
    }

    private func isAcceptedByUs(_ bytes: [UInt8]) -> Bool { Documents.fault(in: bytes) == nil }

    private func isAcceptedByFoundation(_ bytes: [UInt8]) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
    }
}

/// Where Foundation's reader and ours part on purpose.
enum Difference {
    /// Foundation lets a comma stand before `]` and `}`; RFC 8259, sections 4 and 5, does not.
    case trailingComma
    /// Foundation guesses UTF-16 and UTF-32 from zero bytes and skips a byte order mark; RFC 8259, section 8.1, wants
    /// UTF-8 without one.
    case otherEncoding
    /// Foundation goes 512 levels deep, we 64.
    case deepNesting
    /// Foundation makes a number of every number, and refuses one past the largest `Double`; we hand over its digits.
    case hugeNumber

    /// The difference that a document falls under, or nil.
    init?(in bytes: [UInt8]) {
        switch Documents.fault(in: bytes)?.expected {
        case nil:
            guard Difference.hasHugeNumber(bytes) else { return nil }
            self = .hugeNumber
        case .shallowerNesting: self = .deepNesting
        default:
            let isMarked = [[0xEF, 0xBB, 0xBF], [0xFE, 0xFF], [0xFF, 0xFE]].contains { bytes.starts(with: $0) }
            if isMarked || bytes.prefix(4).contains(0) {
                self = .otherEncoding
            } else if Difference.hasTrailingComma(bytes) {
                self = .trailingComma
            } else {
                return nil
            }
        }
    }

    private static func hasHugeNumber(_ bytes: [UInt8]) -> Bool {
        String(decoding: bytes, as: UTF8.self).split { !"+-.eE0123456789".contains($0) }
            .contains { Double($0)?.isInfinite == true }
    }

    /// A comma behind which nothing but white space and a closing bracket stands, and without which all is well.
    private static func hasTrailingComma(_ bytes: [UInt8]) -> Bool {
        var rest = bytes
        while let fault = Documents.fault(in: rest) {
            guard fault.offset < rest.count, [UInt8(ascii: "]"), UInt8(ascii: "}")].contains(rest[fault.offset]),
                let comma = rest[..<fault.offset].lastIndex(where: { $0 > ASCII.space }),
                rest[comma] == UInt8(ascii: ",")
            else { return false }
            rest.remove(at: comma)
        }
        return true
    }
}

/// Makes documents that are almost JSON out of ones that are.
private struct Mutator {
    var random: SeededGenerator
    private let documents = Documents.accepted.map { Array($0.document.utf8) }.filter { $0.count < 120 }
    private let fragments: [[UInt8]] =
        [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "D83D", "0", "1", "-", ".", "e", "E+", " ", "\n", "\t",
            "true",
            "null", "a", "\0", "é", "\\uDC00", "\\n",
        ].map { Array($0.utf8) } + [[0x80], [0xC3], [0xED], [0xFF]]

    init(random: SeededGenerator) { self.random = random }

    mutating func next() -> [UInt8] {
        var bytes = documents.randomElement(using: &random)!
        for _ in 0...random.next() % 3 { mutate(&bytes) }
        return bytes
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        let place = Int(random.next() % UInt64(bytes.count + 1))
        switch random.next() % 5 {
        case 0: if place < bytes.count { bytes.remove(at: place) }
        case 1: if place < bytes.count { bytes[place] = UInt8(truncatingIfNeeded: random.next()) }
        case 2: bytes.insert(contentsOf: documents.randomElement(using: &random)!, at: place)
        case 3:
            if place < bytes.count { bytes.remove(at: place) }
            bytes.insert(contentsOf: fragments.randomElement(using: &random)!, at: place)
        default: bytes.insert(contentsOf: fragments.randomElement(using: &random)!, at: place)
        }
    }
}
