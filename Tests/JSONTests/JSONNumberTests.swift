import JSON
import TestSupport
import Testing

@Suite struct JSONNumberTests {
    @Test(
        arguments: [
            ("0", 0, 0), ("-0", 0, nil), ("7", 7, 7), ("-7", -7, nil),
            ("1700000000000", 1_700_000_000_000, 1_700_000_000_000),
            ("9223372036854775807", .max, 9_223_372_036_854_775_807),
            ("9223372036854775808", nil, 9_223_372_036_854_775_808),
            ("-9223372036854775808", .min, nil), ("-9223372036854775809", nil, nil),
            ("18446744073709551615", nil, .max), ("18446744073709551616", nil, nil),
            ("-18446744073709551616", nil, nil),
            ("1.0", nil, nil), ("1e3", nil, nil), ("-1.5", nil, nil), ("1E0", nil, nil),
            ("100000000000000000000000000000000000000000", nil, nil),
        ] as [(String, Int64?, UInt64?)])
    func readsIntegers(text: String, signed: Int64?, unsigned: UInt64?) throws {
        let bytes = GuardedBytes(text.utf8)
        defer { extendLifetime(bytes) }
        var reader = JSONReader(bytes.view)
        guard case .number(let number) = try reader.next() else { throw Unexpected() }
        #expect(number.raw.string == text)
        #expect(number.int64 == signed)
        #expect(number.uint64 == unsigned)
    }
}
