import JSON

/// The fault of a text that should be JSON, and where it is.
///
/// It judges what callers and functions write, which the sandbox only passes on, by the grammar alone. Half of a surrogate pair is a
/// part of that (RFC 8259, section 8.2), as JavaScript writes a character that was cut; and nesting has no limit but the text's.
package struct JSONFault: CustomStringConvertible, Equatable, Sendable {
    /// Lines counted from 1.
    package let line: Int
    /// Bytes of the line counted from 1.
    package let column: Int
    /// The fault in words.
    package let reason: String

    /// The first fault of a text; nil for good JSON.
    package init?(in text: ByteView) {
        guard var error = JSONReader.fault(in: text) else { return nil }
        if error.expected == .surrogatePair || error.expected == .shallowerNesting {
            guard let fault = JSONGrammar.fault(in: text) else { return nil }
            error = fault
        }
        let before = text[0..<min(error.offset, text.count)].array
        line = before.count { $0 == ASCII.lineFeed } + 1
        column = before.count - (before.lastIndex(of: ASCII.lineFeed).map { $0 + 1 } ?? 0) + 1
        reason = "expected \(ByteView(error.message).string)"
    }

    /// `line 2, column 7: ...`
    package var description: String { "line \(line), column \(column): \(reason)" }
}

extension JSONReader {
    /// The first fault of a document, as this reader sees it; nil for a good one.
    static func fault(in text: ByteView) -> JSONError? {
        var reader = JSONReader(text)
        do {
            try reader.skipValue()
            // Nothing may come behind it.
            _ = try reader.next()
            return nil
        } catch {
            return error
        }
    }
}
