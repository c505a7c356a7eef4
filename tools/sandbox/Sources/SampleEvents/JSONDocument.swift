import JSON
import LambdaExtension

/// A JSON document to be changed: names stay in their order, and numbers as they are written.
package indirect enum JSONDocument: Equatable, Sendable {
    case object([Member])
    case array([JSONDocument])
    case string(String)
    /// A number, `true`, `false` or `null`, as it is written.
    case word(String)

    package struct Member: Equatable, Sendable {
        var name: String
        var value: JSONDocument
    }

    /// Reads a document; nil when it is no JSON, or nested deeper than the reader goes.
    package init?(_ bytes: [UInt8]) {
        let document = bytes.withByteView { bytes -> JSONDocument? in
            var reader = JSONReader(bytes)
            guard let first = try? reader.next(), let document = try? Self(first, from: &reader),
                case .end = try? reader.next()
            else { return nil }
            return document
        }
        guard let document else { return nil }
        self = document
    }

    private init(_ token: JSONToken, from reader: inout JSONReader) throws(JSONError) {
        switch token {
        case .beginObject:
            var members: [Member] = []
            while case .key(let name) = try reader.next() {
                members.append(Member(name: name.string, value: try Self(try reader.next(), from: &reader)))
            }
            self = .object(members)
        case .beginArray:
            var elements: [JSONDocument] = []
            while true {
                let next = try reader.next()
                if case .endArray = next { break }
                elements.append(try Self(next, from: &reader))
            }
            self = .array(elements)
        case .string(let text): self = .string(text.string)
        case .number(let number): self = .word(number.raw.string)
        case .bool(let value): self = .word(value ? "true" : "false")
        case .null, .endObject, .endArray, .key, .end: self = .word("null")
        }
    }

    /// The document in lines, two blanks for each level.
    package var lines: String { text(indentedBy: "") + "\n" }

    private func text(indentedBy margin: String) -> String {
        let inner = margin + "  "
        func block(_ open: String, _ parts: [String], _ close: String) -> String {
            parts.isEmpty
                ? open + close : "\(open)\n\(inner)\(parts.joined(separator: ",\n" + inner))\n\(margin)\(close)"
        }
        switch self {
        case .object(let members):
            return block(
                "{", members.map { "\(Self.quoted($0.name)): \($0.value.text(indentedBy: inner))" }, "}")
        case .array(let elements): return block("[", elements.map { $0.text(indentedBy: inner) }, "]")
        case .string(let text): return Self.quoted(text)
        case .word(let word): return word
        }
    }

    private static func quoted(_ text: String) -> String {
        var buffer = Buffer()
        text.withByteView { buffer.appendJSONString($0) }
        return buffer.readable.string
    }
}
