import JSON
import TestSupport
import Testing

@Suite struct JSONReaderTests {
    @Test(arguments: Documents.accepted)
    func accepts(document: String, tokens: String) throws {
        let bytes = GuardedBytes(document.utf8)
        defer { extendLifetime(bytes) }
        #expect(try Documents.tokens(of: bytes.view) == tokens)
    }

    @Test(arguments: Documents.rejected)
    func rejects(document: [UInt8], offset: Int, expected: JSONError.Expected) {
        #expect(Documents.fault(in: document) == JSONError(offset: offset, expected: expected))
    }

    /// A prefix of a number can be a number; of everything else it is an error, found where the bytes end or in the word,
    /// escape or character that is cut there.
    @Test(arguments: Documents.accepted)
    func rejectsEveryPrefix(document: String, tokens: String) {
        var whole = Array(document.utf8)
        while let last = whole.last, last <= ASCII.space { whole.removeLast() }
        for length in 0..<whole.count {
            if let fault = Documents.fault(in: whole[..<length]) {
                #expect(fault.offset <= length && fault.offset >= length - 5, "first \(length) bytes")
            } else {
                #expect(tokens.hasPrefix("#"), "first \(length) bytes")
            }
        }
    }

    @Test(arguments: Documents.accepted)
    func skipsWhatItAccepts(document: String, tokens: String) throws {
        let bytes = GuardedBytes(document.utf8)
        defer { extendLifetime(bytes) }
        var reader = JSONReader(bytes.view)
        try reader.skipValue()
        guard case .end = try reader.next() else {
            Issue.record("the document is not over")
            return
        }
        #expect(reader.offset == bytes.view.count)
        #expect(reader.depth == 0)
    }

    @Test(arguments: Documents.rejected)
    func skipsNothingThatItRejects(document: [UInt8], offset: Int, expected: JSONError.Expected) {
        let bytes = GuardedBytes(document)
        defer { extendLifetime(bytes) }
        #expect(throws: JSONError(offset: offset, expected: expected)) {
            var reader = JSONReader(bytes.view)
            try reader.skipValue()
            _ = try reader.next()
        }
    }

    @Test func skipsFieldsAndElements() throws {
        let bytes = GuardedBytes(#"{"a":[1,{"b":2}],"c":3,"d":[[],"x",4]}"#.utf8)
        defer { extendLifetime(bytes) }
        var reader = JSONReader(bytes.view)
        guard case .beginObject = try reader.next() else { throw Unexpected() }
        guard case .key(let a) = try reader.next(), a == "a" else { throw Unexpected() }
        try reader.skipValue()
        guard case .key(let c) = try reader.next(), c == "c" else { throw Unexpected() }
        try reader.skipValue()
        guard case .key(let d) = try reader.next(), d == "d" else { throw Unexpected() }
        guard case .beginArray = try reader.next() else { throw Unexpected() }
        try reader.skipValue()
        try reader.skipValue()
        guard case .number(let four) = try reader.next(), four.raw == "4" else { throw Unexpected() }
        guard case .endArray = try reader.next() else { throw Unexpected() }
        guard case .endObject = try reader.next() else { throw Unexpected() }
        for _ in 0..<3 { guard case .end = try reader.next() else { throw Unexpected() } }
    }

    /// Tokens read before `skipValue()` is called where no value comes next.
    @Test(arguments: [
        ("[]", 1, 1), ("[1 ]", 2, 3), ("{}", 1, 1), ("{\"a\":1}", 1, 1), ("{\"a\":1}", 3, 6), ("1", 1, 1),
    ])
    func skipsOnlyValues(document: String, tokensBefore: Int, offset: Int) throws {
        let bytes = GuardedBytes(document.utf8)
        defer { extendLifetime(bytes) }
        var reader = JSONReader(bytes.view)
        for _ in 0..<tokensBefore { _ = try reader.next() }
        let fault = JSONError(offset: offset, expected: .value)
        #expect(throws: fault) { try reader.skipValue() }
        _ = try reader.next()
    }

    @Test func anErrorStays() throws {
        let bytes = GuardedBytes("[1 2]".utf8)
        defer { extendLifetime(bytes) }
        var reader = JSONReader(bytes.view)
        _ = try reader.next()
        _ = try reader.next()
        for _ in 0..<3 {
            #expect(throws: JSONError(offset: 3, expected: .commaOrEnd)) { _ = try reader.next() }
        }
    }

    /// 64 levels fill the bit set that remembers which of them are objects.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func remembersWhichLevelsAreObjects(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let levels = (0..<JSONReader.maximumDepth).map { _ in random.chance(1, in: 2) }
        let opening = levels.map { $0 ? "{\"a\":" : "[" }.joined()
        let closing = levels.reversed().map { $0 ? ",\"b\":1}" : ",1]" }.joined()
        let bytes = GuardedBytes((opening + "0" + closing).utf8)
        defer { extendLifetime(bytes) }
        let expected =
            levels.map { $0 ? "{ a:" : "[" } + ["#0"] + levels.reversed().map { $0 ? "b: #1 }" : "#1 ]" }
        #expect(try Documents.tokens(of: bytes.view) == expected.joined(separator: " "))
    }

    @Test func everyErrorSaysWhatItExpected() {
        for (_, offset, expected) in Documents.rejected {
            #expect(JSONError(offset: offset, expected: expected).message.utf8CodeUnitCount > 0)
        }
    }
}

/// A token that the test did not expect.
struct Unexpected: Error {}
