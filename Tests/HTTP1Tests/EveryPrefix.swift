import HTTP1
import TestSupport
import Testing

/// The verdict on bytes that end at a protected page.
func verdict<Summary>(
    _ bytes: [UInt8], _ parse: (ByteView, inout FieldTable) -> Verdict<Summary>
) -> Verdict<Summary> {
    var table = FieldTable()
    return GuardedBytes(bytes).withView { parse($0, &table) }
}

/// Parses every prefix (or those of the given lengths), each ending at a protected page unless that takes too long: once
/// one of them has a verdict, all longer ones must have the same. Returns that verdict and the length of the first prefix
/// to have it.
func verdictOfEveryPrefix<Summary>(
    _ bytes: [UInt8], lengths: [Int]? = nil, guardsEach: Bool = true,
    _ parse: (ByteView, inout FieldTable) -> Verdict<Summary>
) -> (verdict: Verdict<Summary>, decidedAt: Int) {
    var table = FieldTable()
    var verdict = Verdict<Summary>.partial
    var decidedAt = bytes.count
    let whole = GuardedBytes(bytes)
    for length in lengths ?? Array(0...bytes.count) {
        let guarded = guardsEach ? GuardedBytes(bytes[..<length]) : whole
        let next = guarded.withView { parse($0[0..<length], &table) }
        if next == verdict { continue }
        if verdict == .partial {
            verdict = next
            decidedAt = length
        } else {
            Issue.record("after \(decidedAt) bytes \(verdict), after \(length) bytes \(next)")
            break
        }
    }
    return (verdict, decidedAt)
}

/// A head with a fault: up to and with the last byte of `accepted` nothing is wrong, and the first byte of `fatal` proves
/// the fault, whatever follows it.
struct BadHead: CustomTestStringConvertible {
    let accepted: [UInt8]
    let fatal: [UInt8]
    let error: HTTPParseError

    init(_ accepted: String, _ fatal: String, _ error: HTTPParseError) {
        self.accepted = Array(accepted.utf8)
        self.fatal = Array(fatal.utf8)
        self.error = error
    }

    var testDescription: String { "\(error): \(String(decoding: accepted, as: UTF8.self).debugDescription)" }

    func check<Summary>(_ parse: (ByteView, inout FieldTable) -> Verdict<Summary>) {
        let (verdict, decidedAt) = verdictOfEveryPrefix(accepted + fatal + Array("\r\n\r\nmore".utf8), parse)
        #expect(verdict == .refused(error))
        #expect(decidedAt == accepted.count + 1)
    }
}
