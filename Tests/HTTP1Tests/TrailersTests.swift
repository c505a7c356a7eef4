import HTTP1
import TestSupport
import Testing

@Suite struct TrailersTests {
    @Test(
        arguments: [
            ("\r\n", []), ("A: b\r\n\r\n", [Field("A", "b")]),
            (
                "Lambda-Runtime-Function-Error-Type: x\r\nContent-Length: nonsense\r\n\r\n",
                [Field("Lambda-Runtime-Function-Error-Type", "x"), Field("Content-Length", "nonsense")]
            ),
        ] as [(String, [Field])])
    func isUnderstoodAtEverySplit(text: String, fields: [Field]) {
        let bytes = Array(text.utf8)
        let (verdict, decidedAt) = verdictOfEveryPrefix(bytes + Array("next".utf8), trailersVerdict)
        #expect(verdict == .complete(fields, length: bytes.count))
        #expect(decidedAt == bytes.count)
    }

    static let bad: [BadHead] = [
        BadHead("", "\n", .bareLineFeed),
        BadHead("\r", "x", .bareCarriageReturn),
        BadHead("", " A: b", .foldedField),
        BadHead("A", " : b", .malformedFieldName),
        BadHead("A: b", "\0", .malformedFieldValue),
    ]

    @Test(arguments: bad)
    func isRefusedAtTheFirstByteThatProvesTheFault(trailers: BadHead) { trailers.check(trailersVerdict) }
}
