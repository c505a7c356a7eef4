import JSON
import TestSupport

/// Documents to read, as bytes so that some can be ill-formed.
enum Documents {
    /// Documents that RFC 8259 allows, beside the tokens that come out.
    static let accepted: [(document: String, tokens: String)] = [
        ("{}", "{ }"),
        ("[]", "[ ]"),
        (" \t\r\n[ \t\r\n] \t\r\n", "[ ]"),
        ("null", "null"),
        ("true", "true"),
        (" false ", "false"),
        ("\"\"", "''"),
        ("\"a b\"", "'a b'"),
        ("0", "#0"),
        ("-0", "#-0"),
        ("-1", "#-1"),
        ("10", "#10"),
        ("1234567890123456789012345678901234567890", "#1234567890123456789012345678901234567890"),
        ("0.5", "#0.5"),
        ("-0.0e-0", "#-0.0e-0"),
        ("1e5", "#1e5"),
        ("1E+05", "#1E+05"),
        ("20.30E-40", "#20.30E-40"),
        ("[1]", "[ #1 ]"),
        ("[1,2]", "[ #1 #2 ]"),
        ("[ 1 , \"x\" , null , true , false , {} , [] ]", "[ #1 'x' null true false { } [ ] ]"),
        ("[[[[[[[[1]]]]]]]]", "[ [ [ [ [ [ [ [ #1 ] ] ] ] ] ] ] ]"),
        ("{\"a\":1}", "{ a: #1 }"),
        ("{ \"a\" : 1 , \"b\" : [ { } ] }", "{ a: #1 b: [ { } ] }"),
        ("{\"a\":{\"b\":{\"c\":null}},\"d\":2}", "{ a: { b: { c: null } } d: #2 }"),
        ("{\"\":\"\"}", "{ : '' }"),
        ("{\"a\":1,\"a\":2}", "{ a: #1 a: #2 }"),
        ("{\"\\u0061\":1}", "{ a: #1 }"),
        (#""\"\\\/\b\f\n\r\t""#, "'\"\\/\u{8}\u{C}\n\r\t'"),
        (#""\u0000\u001f\u0041\u00e9\u20AC""#, "'\u{0}\u{1F}Aé€'"),
        (#""\uD83D\uDE00\uDBFF\uDFFF\ud800\udc00""#, "'😀\u{10FFFF}\u{10000}'"),
        (#""\uD7FF\uE000\uFFFF""#, "'\u{D7FF}\u{E000}\u{FFFF}'"),
        (#""\\u0041""#, #"'\u0041'"#),
        ("\"é€😀\u{10FFFF}\u{7FF}\u{800}\u{FFFF}\u{10000}\"", "'é€😀\u{10FFFF}\u{7FF}\u{800}\u{FFFF}\u{10000}'"),
        ("\"\u{7F}\u{2028}\u{FEFF}/\"", "'\u{7F}\u{2028}\u{FEFF}/'"),
        ("\"\\n\u{FEFF}\"", "'\n\u{FEFF}'"),
        ("\"ends in a backslash \\\\\"", "'ends in a backslash \\'"),
        (
            #"{"eventType":"INVOKE","deadlineMs":1700000000000,"requestId":"8476a536-e9f4-11e8-9739-2dfe598c3fcd","#
                + #""invokedFunctionArn":"arn:aws:lambda:eu-west-1:1:function:f","tracing":{"type":"X-Amzn-Trace-Id","#
                + #""value":"Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1"},"new":[1.5,{"x":[]}]}"#,
            "{ eventType: 'INVOKE' deadlineMs: #1700000000000 requestId: '8476a536-e9f4-11e8-9739-2dfe598c3fcd' "
                + "invokedFunctionArn: 'arn:aws:lambda:eu-west-1:1:function:f' tracing: { type: 'X-Amzn-Trace-Id' "
                + "value: 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1' } new: [ #1.5 { x: [ ] } ] }"
        ),
        (nested(64), Array(repeating: "[", count: 64).joined(separator: " ") + String(repeating: " ]", count: 64)),
    ]

    /// Documents that it does not allow, beside the first byte that does not fit and what should have stood there.
    static let rejected: [(document: [UInt8], offset: Int, expected: JSONError.Expected)] =
        rejectedTexts.map { (Array($0.document.utf8), $0.offset, $0.expected) }
        + illFormed.map { ([0x22, 0x61, 0x62] + $0 + [0x22], 3, .utf8) }

    private static let rejectedTexts: [(document: String, offset: Int, expected: JSONError.Expected)] = [
        ("", 0, .value),
        (" ", 1, .value),
        ("[", 1, .elementOrEnd),
        ("{", 1, .nameOrEnd),
        ("]", 0, .value),
        ("}", 0, .value),
        (",", 0, .value),
        (":", 0, .value),
        ("[1", 2, .commaOrEnd),
        ("[1,", 3, .value),
        ("[1,]", 3, .value),
        ("[,1]", 1, .elementOrEnd),
        ("[1,,2]", 3, .value),
        ("[1 2]", 3, .commaOrEnd),
        ("[1}", 2, .commaOrEnd),
        ("[}", 1, .elementOrEnd),
        ("[1:2]", 2, .commaOrEnd),
        ("[\"a\":1]", 4, .commaOrEnd),
        ("{\"a\":1,}", 7, .name),
        ("{\"a\":1,,\"b\":2}", 7, .name),
        ("{,}", 1, .nameOrEnd),
        ("{]", 1, .nameOrEnd),
        ("{1:2}", 1, .nameOrEnd),
        ("{a:1}", 1, .nameOrEnd),
        ("{'a':1}", 1, .nameOrEnd),
        ("{null:1}", 1, .nameOrEnd),
        ("{\"a\"}", 4, .colon),
        ("{\"a\" 1}", 5, .colon),
        ("{\"a\",1}", 4, .colon),
        ("{\"a\":}", 5, .value),
        ("{\"a\"::1}", 5, .value),
        ("{\"a\":1]", 6, .commaOrEnd),
        ("{\"a\":1 \"b\":2}", 7, .commaOrEnd),
        ("{\"a\":1,2}", 7, .name),
        ("[]]", 2, .endOfDocument),
        ("{}{}", 2, .endOfDocument),
        ("1 2", 2, .endOfDocument),
        ("null,", 4, .endOfDocument),
        ("\"a\"\"b\"", 3, .endOfDocument),
        ("[] // comment", 3, .endOfDocument),
        ("/* comment */ []", 0, .value),
        ("[1]\0", 3, .endOfDocument),
        ("\0", 0, .value),
        ("[\0", 1, .elementOrEnd),
        ("{\0", 1, .nameOrEnd),
        ("[1\0", 2, .commaOrEnd),
        ("\u{FEFF}[]", 0, .value),
        ("\u{A0}1", 0, .value),
        ("[\u{B}1]", 1, .elementOrEnd),
        ("[\u{C}1]", 1, .elementOrEnd),
        ("nul", 0, .value),
        ("nulL", 0, .value),
        ("nan", 0, .value),
        ("tru", 0, .value),
        ("truth", 0, .value),
        ("True", 0, .value),
        ("trueish", 4, .endOfDocument),
        ("fals", 0, .value),
        ("FALSE", 0, .value),
        ("NaN", 0, .value),
        ("Infinity", 0, .value),
        ("-Infinity", 1, .digit),
        ("undefined", 0, .value),
        ("00", 1, .noLeadingZero),
        ("01", 1, .noLeadingZero),
        ("-01", 2, .noLeadingZero),
        ("-00.5", 2, .noLeadingZero),
        ("[012]", 2, .noLeadingZero),
        ("+1", 0, .value),
        ("-", 1, .digit),
        ("--1", 1, .digit),
        ("- 1", 1, .digit),
        (".5", 0, .value),
        ("-.5", 1, .digit),
        ("1.", 2, .digit),
        ("1.e5", 2, .digit),
        ("1.5.", 3, .endOfDocument),
        ("1e", 2, .digit),
        ("1e+", 3, .digit),
        ("1e-x", 3, .digit),
        ("1e5.5", 3, .endOfDocument),
        ("1ee5", 2, .digit),
        ("0x1F", 1, .endOfDocument),
        ("1_000", 1, .endOfDocument),
        ("1f", 1, .endOfDocument),
        ("１", 0, .value),
        ("\"", 1, .closingQuote),
        ("\"a", 2, .closingQuote),
        ("'a'", 0, .value),
        ("a", 0, .value),
        ("\"\\\"", 3, .closingQuote),
        ("\"\\", 2, .escape),
        ("\"\\x41\"", 2, .escape),
        ("\"\\a\"", 2, .escape),
        ("\"\\'\"", 2, .escape),
        ("\"\\0\"", 2, .escape),
        ("\"\\U0041\"", 2, .escape),
        ("\"\\\n\"", 2, .escape),
        ("\"\\é\"", 2, .escape),
        ("\"\\u\"", 3, .hexDigit),
        ("\"\\u12\"", 5, .hexDigit),
        ("\"\\u123g\"", 6, .hexDigit),
        ("\"\\u+123\"", 3, .hexDigit),
        ("\"\\u 123\"", 3, .hexDigit),
        ("\"\\u{41}\"", 3, .hexDigit),
        ("\"\\u12", 5, .hexDigit),
        ("\"\\uD800\"", 7, .surrogatePair),
        ("\"\\uD800", 7, .surrogatePair),
        ("\"\\uD800\\", 7, .surrogatePair),
        ("\"\\uD800\\n\"", 7, .surrogatePair),
        ("\"\\uD800x\"", 7, .surrogatePair),
        ("\"\\uD800\\u0041\"", 7, .surrogatePair),
        ("\"\\uD800\\uD800\"", 7, .surrogatePair),
        ("\"\\uD800\\uE000\"", 7, .surrogatePair),
        ("\"\\uD800\\u\"", 9, .hexDigit),
        ("\"\\uDC00\"", 1, .surrogatePair),
        ("\"\\uDFFF\\uD800\"", 1, .surrogatePair),
        ("\"a\nb\"", 2, .escapedControlCharacter),
        ("\"\t\"", 1, .escapedControlCharacter),
        ("\"\0\"", 1, .escapedControlCharacter),
        ("\"\u{1F}\"", 1, .escapedControlCharacter),
        ("{\"a\n\":1}", 3, .escapedControlCharacter),
        (nested(65), 64, .shallowerNesting),
        (String(repeating: "[", count: 100_000), 64, .shallowerNesting),
        (String(repeating: "{\"a\":", count: 100), 320, .shallowerNesting),
    ]

    /// Bytes that are not UTF-8.
    static let illFormed: [[UInt8]] = [
        [0x80], [0xBF], [0xC0], [0xC1], [0xF5], [0xFE], [0xFF],  // never a first byte
        [0xC2], [0xE1, 0x80], [0xF1, 0x80, 0x80],  // cut short
        [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF],  // overlong
        [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80],  // surrogates
        [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],  // past U+10FFFF
        [0xE2, 0x28, 0xA1], [0xE2, 0x82, 0x28], [0xF0, 0x9F, 0x98, 0x41], [0xF0, 0x28, 0x8C, 0xBC],  // a wrong byte
    ]

    static func nested(_ depth: Int) -> String {
        String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }

    /// The tokens of a document in a form to compare.
    static func tokens(of view: ByteView) throws(JSONError) -> String {
        var reader = JSONReader(view)
        var words: [String] = []
        while true {
            switch try reader.next() {
            case .beginObject: words.append("{")
            case .endObject: words.append("}")
            case .beginArray: words.append("[")
            case .endArray: words.append("]")
            case .key(let text): words.append(text.string + ":")
            case .string(let text): words.append("'" + text.string + "'")
            case .number(let number): words.append("#" + number.raw.string)
            case .bool(let value): words.append(value ? "true" : "false")
            case .null: words.append("null")
            case .end: return words.joined(separator: " ")
            }
        }
    }

    /// Why a document is refused, or nil; read where nothing may be read behind it.
    static func fault(in document: some Collection<UInt8>) -> JSONError? {
        let bytes = GuardedBytes(document)
        defer { extendLifetime(bytes) }
        var reader = JSONReader(bytes.view)
        while true {
            do throws(JSONError) {
                if case .end = try reader.next() { return nil }
            } catch {
                return error
            }
        }
    }
}
