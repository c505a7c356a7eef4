import ReactorHTTP
import Testing

@Suite struct RoutePatternTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let pattern: StaticString
        let path: String
        let isMatch: Bool
        var testDescription: String { "\(pattern) \(path)" }
    }

    private static func matching(_ pattern: StaticString, _ paths: String...) -> [Case] {
        paths.map { Case(pattern: pattern, path: $0, isMatch: true) }
    }

    private static func refusing(_ pattern: StaticString, _ paths: String...) -> [Case] {
        paths.map { Case(pattern: pattern, path: $0, isMatch: false) }
    }

    static let cases: [Case] = [
        matching("/", "/"),
        refusing("/", "", "//", "/a", "*", "a"),
        matching("/a", "/a"),
        refusing("/a", "/", "/A", "/a/", "/ab", "/b", "a", "//a", "/%61"),
        matching("/a/", "/a/"),
        refusing("/a/", "/a", "/a//"),
        matching("/a/b", "/a/b"),
        refusing("/a/b", "/a", "/a/b/c", "/a/c", "/b/b"),
        matching("/:x", "/a", "/ab", "/%2F", "/:x", "/:"),
        refusing("/:x", "/", "/a/", "/a/b", "//", ""),
        matching("/a/:x/c/:y", "/a/b/c/d"),
        refusing("/a/:x/c/:y", "/a/b/c", "/a//c/d", "/a/b/x/d", "/a/b/c/d/e"),
        matching("/*", "/", "/a", "/a/b", "//"),
        refusing("/*", "", "*", "a"),
        matching("/a/*", "/a/", "/a/b", "/a/b/c/"),
        refusing("/a/*", "/a", "/", "/b/a", "/ab"),
        matching("/:x/*", "/a/", "/a/b/c"),
        refusing("/:x/*", "/a", "//b"),
    ].flatMap { $0 }

    @Test(arguments: cases)
    func matches(_ one: Case) {
        let pattern = RoutePattern(one.pattern)
        #expect(one.path.withByteView { pattern.matches($0) } == one.isMatch)
    }

    struct Value: CustomTestStringConvertible, Sendable {
        let pattern: StaticString
        let path: String
        let parameter: String
        let value: String?
        var testDescription: String { "\(parameter) of \(pattern) in \(path)" }
    }

    static let values = [
        Value(pattern: "/:x", path: "/abc", parameter: "x", value: "abc"),
        Value(pattern: "/:x", path: "/abc", parameter: "y", value: nil),
        Value(pattern: "/:x", path: "/abc", parameter: "", value: nil),
        Value(pattern: "/:x", path: "/abc", parameter: "*", value: nil),
        Value(pattern: "/a/:x/b/:yy", path: "/a/1/b/2", parameter: "x", value: "1"),
        Value(pattern: "/a/:x/b/:yy", path: "/a/1/b/2", parameter: "yy", value: "2"),
        Value(pattern: "/a/:x/b/:yy", path: "/a/1/b/2", parameter: "a", value: nil),
        Value(pattern: "/:x/:x", path: "/1/2", parameter: "x", value: "1"),
        Value(pattern: "/a/*", path: "/a/", parameter: "*", value: ""),
        Value(pattern: "/a/*", path: "/a/b/c", parameter: "*", value: "b/c"),
        Value(pattern: "/:x/*", path: "/%20/b", parameter: "x", value: "%20"),
        Value(pattern: "/:x/*", path: "/%20/b", parameter: "*", value: "b"),
    ]

    @Test(arguments: values)
    func finds(_ one: Value) {
        let pattern = RoutePattern(one.pattern)
        let found = one.path.withByteView { path in
            one.parameter.withByteView { pattern.value(of: $0, in: path)?.string }
        }
        #expect(found == one.value)
    }

    @Test func decodesPercents() {
        let cases: [(String, String?)] = [
            ("", ""), ("a", "a"), ("%41", "A"), ("%4a%4A", "JJ"), ("a%20b+c", "a b+c"), ("%E2%82%AC", "€"), ("%", nil),
            ("%4", nil), ("a%4", nil), ("%4g", nil), ("%%41", nil), ("%g1", nil), ("%2541", "%41"),
        ]
        for (text, expected) in cases {
            let found = text.withByteView { $0.percentDecoded.map { String(decoding: $0, as: UTF8.self) } }
            #expect(found == expected, "\(text)")
        }
    }
}
