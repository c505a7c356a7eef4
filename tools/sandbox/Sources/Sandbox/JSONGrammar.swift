import JSON

/// Checks documents that `JSONReader` refuses although they are JSON: nested deeper than it goes, or with halves of surrogate pairs
/// in escapes.
///
/// Names, strings, numbers and words are the reader's; brackets, commas and colons are counted here.
struct JSONGrammar {
    private let text: ByteView
    private var offset = 0
    /// The brackets that are open, the innermost last: true for an object's.
    private var open: [Bool] = []
    private var expected = JSONError.Expected.value

    /// The first fault of a document; nil for a good one.
    static func fault(in text: ByteView) -> JSONError? {
        withoutSurrogates(text).withByteView { text in
            var grammar = JSONGrammar(text: text)
            do throws(JSONError) {
                while try grammar.advance() {}
                return nil
            } catch {
                return error
            }
        }
    }

    private init(text: ByteView) { self.text = text }

    /// A copy in which escapes of surrogates are those of other characters.
    private static func withoutSurrogates(_ text: ByteView) -> [UInt8] {
        var copy = text.array
        var offset = 0
        while let escape = copy[offset...].firstIndex(of: UInt8(ascii: "\\")) {
            offset = min(escape + 2, copy.count)
            guard offset + 1 < copy.count, copy[escape + 1] == UInt8(ascii: "u") else { continue }
            let isSurrogate = copy[offset] | 0x20 == UInt8(ascii: "d") && copy[offset + 1] >= UInt8(ascii: "8")
            if isSurrogate { copy[offset] = ASCII.zero }
        }
        return copy
    }

    /// Passes what comes next; false at the end.
    private mutating func advance() throws(JSONError) -> Bool {
        while offset < text.count, isBlank(text[offset]) { offset += 1 }
        let byte = offset < text.count ? text[offset] : 0
        switch (expected, byte) {
        case (.endOfDocument, _) where offset == text.count: return false
        case (.value, UInt8(ascii: "{")), (.elementOrEnd, UInt8(ascii: "{")): begin(object: true)
        case (.value, UInt8(ascii: "[")), (.elementOrEnd, UInt8(ascii: "[")): begin(object: false)
        case (.nameOrEnd, UInt8(ascii: "}")), (.elementOrEnd, UInt8(ascii: "]")): end()
        case (.commaOrEnd, open.last == true ? UInt8(ascii: "}") : UInt8(ascii: "]")): end()
        case (.commaOrEnd, UInt8(ascii: ",")): pass(expecting: open.last == true ? .name : .value)
        case (.colon, UInt8(ascii: ":")): pass(expecting: .value)
        case (.name, UInt8(ascii: "\"")), (.nameOrEnd, UInt8(ascii: "\"")): try passScalar(expecting: .colon)
        case (.value, _), (.elementOrEnd, _): try passScalar(expecting: behindValue)
        default: throw JSONError(offset: offset, expected: expected)
        }
        return true
    }

    private var behindValue: JSONError.Expected { open.isEmpty ? .endOfDocument : .commaOrEnd }

    private mutating func pass(expecting next: JSONError.Expected) {
        offset += 1
        expected = next
    }

    private mutating func begin(object: Bool) {
        open.append(object)
        pass(expecting: object ? .nameOrEnd : .elementOrEnd)
    }

    private mutating func end() {
        open.removeLast()
        pass(expecting: behindValue)
    }

    /// Passes what has no parts.
    private mutating func passScalar(expecting next: JSONError.Expected) throws(JSONError) {
        let scalar = text[offset..<endOfScalar]
        var reader = JSONReader(scalar)
        do throws(JSONError) {
            _ = try reader.next()
            _ = try reader.next()
        } catch {
            let fault =
                switch error.expected {
                // The word is misspelt.
                case .value where !scalar.isEmpty && "tfn".utf8.contains(scalar[0]): JSONError.Expected.value
                case .value: expected
                case .endOfDocument: next
                default: error.expected
                }
            throw JSONError(offset: offset + error.offset, expected: fault)
        }
        offset += scalar.count
        expected = next
    }

    /// The end of a string behind its quotation mark, of anything else before what cannot be in it.
    private var endOfScalar: Int {
        var end = offset
        if end < text.count, text[end] == UInt8(ascii: "\"") {
            end += 1
            while end < text.count, text[end] != UInt8(ascii: "\"") { end += text[end] == UInt8(ascii: "\\") ? 2 : 1 }
            return min(end + 1, text.count)
        }
        while end < text.count, !isBlank(text[end]), !Self.marks.contains(text[end]) { end += 1 }
        return end
    }

    private static let marks = Array(#"{}[],:""#.utf8)

    private func isBlank(_ byte: UInt8) -> Bool {
        byte == ASCII.space || byte == ASCII.tab || byte == ASCII.lineFeed || byte == ASCII.carriageReturn
    }
}
