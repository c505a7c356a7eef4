import HTTP1
import TestSupport
import Testing

@Suite struct HTTPFieldsTests {
    let bytes = GuardedBytes(
        """
        Accept: a, B ,c\r
        X:\r
        accept:d;q=1,, "e"\r
        Accepts: z\r
        x: second\r
        \r

        """.utf8)

    private func withFields(_ body: (HTTPFields) -> Void) throws {
        var table = FieldTable()
        try bytes.withView { view in
            guard case .complete(let fields, let length) = try parseTrailers(view, fields: &table) else {
                Issue.record("incomplete")
                return
            }
            #expect(length == view.count)
            body(fields)
        }
    }

    @Test func findsTheFirstOfAName() throws {
        try withFields { fields in
            #expect(fields.count == 5)
            #expect(fields.first("ACCEPT")?.string == "a, B ,c")
            #expect(fields.first("x")?.string == "")
            #expect(fields.first("accepts")?.string == "z")
            #expect(fields.first("accep") == nil)
            #expect(fields.first("") == nil)
            #expect(fields[4].name.string == "x")
            #expect(fields[4].value.string == "second")
        }
    }

    @Test(
        arguments: [
            ("a", true), ("b", true), ("C", true), ("d;q=1", true), ("\"e\"", true), ("", true), ("d", false),
            ("z", false), ("a,", false), ("a, B", false),
        ] as [(StaticStringName, Bool)])
    func findsMembersOfLists(token: StaticStringName, isMember: Bool) throws {
        try withFields { fields in
            #expect(fields.contains("accept", token: token.literal) == isMember)
            #expect(!fields.contains("none", token: token.literal))
        }
    }

    @Test func noFieldsAreEmpty() {
        #expect(HTTPFields.empty.count == 0)
        #expect(HTTPFields.empty.first("a") == nil)
        #expect(!HTTPFields.empty.contains("a", token: "b"))
    }

    /// A table is used again and again, and holds only what was parsed last.
    @Test func tablesAreReused() throws {
        var table = FieldTable()
        for text in ["A: 1\r\nB: 2\r\n\r\n", "C: 3\r\n\r\n", "\r\n"] {
            let count = try GuardedBytes(text.utf8).withView { view in
                guard case .complete(let fields, _) = try parseTrailers(view, fields: &table) else { return -1 }
                return fields.count
            }
            #expect(count == text.utf8.count / 6)
            let lines = table.count
            #expect(lines == count)
        }
    }
}

/// A literal that a test case can be named after.
struct StaticStringName: ExpressibleByStringLiteral, CustomTestStringConvertible, Sendable {
    let literal: StaticString
    init(stringLiteral literal: StaticString) { self.literal = literal }
    var testDescription: String { literal.description }
}
