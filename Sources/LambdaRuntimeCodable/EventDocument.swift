import LambdaAPI

/// A JSON document whose places can be looked up, of any depth: the reader of our own small messages stops at 64 levels.
struct EventDocument {
    /// The place where the document breaks off being JSON, or goes deeper than Foundation reads.
    struct Fault: CustomStringConvertible {
        let description: String
    }

    /// The outcome of looking up a place: the value there, as far as an error message needs it, or the fault that keeps
    /// the document from being read up to there.
    enum Value {
        /// A number as it is written, cut where it is long.
        case number(String)
        /// A string that holds an escape of only half of a surrogate pair, at this offset in the document, in bytes.
        case brokenText(Int)
        /// Any other value, or none.
        case other
        /// The document has a fault before the place, or in the value there.
        case fault(Fault)
    }

    /// Foundation's limit.
    static var maximumDepth: Int { 512 }

    private let bytes: [UInt8]

    /// Nil for other encodings than UTF-8, which Foundation reads, too.
    init?(_ bytes: [UInt8]) {
        guard !bytes.prefix(4).contains(0), !bytes.starts(with: [0xFE, 0xFF]), !bytes.starts(with: [0xFF, 0xFE]) else {
            return nil
        }
        // The byte order mark is Foundation's to take or leave, and takes part in the offsets.
        self.bytes = bytes
    }

    /// The fault of the whole document; nil for JSON.
    var fault: Fault? {
        var walk = Walk(bytes, to: nil)
        if case .fault(let fault) = walk.run() { return fault }
        return nil
    }

    /// The first name, in the order of the document, that holds half of a surrogate pair; its byte.
    var brokenName: Int? {
        var walk = Walk(bytes, to: nil)
        _ = walk.run()
        return walk.brokenName
    }

    /// The value at a place; of members that repeat the first one counts, as it does for Foundation.
    func value(at path: [any CodingKey]) -> Value {
        var walk = Walk(bytes, to: path)
        return walk.run()
    }
}

/// One way through a document, without recursion: the depth is the sender's choice.
private struct Walk {
    private struct Container {
        let isObject: Bool
        /// True if the wanted place is inside this container, should the document have it at all.
        var leadsToPlace: Bool
        var count = 0
    }

    private let bytes: [UInt8]
    private let path: [any CodingKey]?
    private var offset = 0
    private var containers: [Container] = []
    private(set) var brokenName: Int?

    init(_ bytes: [UInt8], to path: [any CodingKey]?) {
        self.bytes = bytes
        self.path = path
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    }

    mutating func run() -> EventDocument.Value {
        do {
            var isWanted = path?.isEmpty ?? false
            var leads = path != nil
            while true {
                if let found = try readValue(isWanted: isWanted, leads: leads) { return found }
                guard let next = try advance() else { return .other }
                (isWanted, leads) = next
            }
        } catch {
            return .fault(EventDocument.Fault(description: words(error)))
        }
    }

    /// Reads a value, of an array or object its bracket; returns it if it is the wanted one.
    private mutating func readValue(isWanted: Bool, leads: Bool) throws(JSONError) -> EventDocument.Value? {
        skipBlanks()
        if let byte = peek, byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
            guard containers.count < EventDocument.maximumDepth else { throw fault(.shallowerNesting) }
            if isWanted { return .other }
            offset += 1
            containers.append(Container(isObject: byte == UInt8(ascii: "{"), leadsToPlace: leads))
            return nil
        }
        let start = offset
        if peek == UInt8(ascii: "\"") {
            let broken = try readText()
            return isWanted ? broken.map { .brokenText($0) } ?? .other : nil
        }
        var number: String?
        offset = try bytes.withByteView { (all) throws(JSONError) in
            var reader = JSONReader(all.dropFirst(start))
            do throws(JSONError) {
                if case .number(let found) = try reader.next(), isWanted { number = Self.cut(found.raw.string) }
            } catch {
                throw JSONError(offset: start + error.offset, expected: error.expected)
            }
            return start + reader.offset
        }
        return isWanted ? number.map { .number($0) } ?? .other : nil
    }

    /// Goes on to where the next value begins: whether it is wanted, and whether the way to the place leads through it; nil at
    /// the end of the document.
    private mutating func advance() throws(JSONError) -> (isWanted: Bool, leads: Bool)? {
        while var container = containers.last {
            skipBlanks()
            if peek == (container.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                offset += 1
                containers.removeLast()
                continue
            }
            if container.count > 0 {
                guard peek == UInt8(ascii: ",") else { throw fault(.commaOrEnd) }
                offset += 1
                skipBlanks()
                if peek == UInt8(ascii: "}") || peek == UInt8(ascii: "]") {
                    throw fault(container.isObject ? .name : .value)
                }
            }
            let index = container.count
            container.count += 1
            var leads = container.leadsToPlace
            let key = leads ? path?[containers.count - 1] : nil
            if container.isObject {
                let name = try readName(isFirst: index == 0)
                leads = leads && name == key?.stringValue
            } else {
                leads = leads && index == key?.intValue
            }
            // Repetitions do not count.
            if leads { container.leadsToPlace = false }
            containers[containers.count - 1] = container
            return (leads && path?.count == containers.count, leads)
        }
        skipBlanks()
        guard offset == bytes.count else { throw fault(.endOfDocument) }
        return nil
    }

    /// Reads a name and its colon; nil for one that no String can hold.
    private mutating func readName(isFirst: Bool) throws(JSONError) -> String? {
        guard peek == UInt8(ascii: "\"") else { throw fault(isFirst ? .nameOrEnd : .name) }
        let start = offset
        let broken = try readText()
        if brokenName == nil { brokenName = broken }
        let end = offset
        skipBlanks()
        guard peek == UInt8(ascii: ":") else { throw fault(.colon) }
        offset += 1
        guard broken == nil else { return nil }
        return bytes.withByteView { all in
            var reader = JSONReader(all[start..<end])
            guard case .string(let text)? = try? reader.next() else { return nil }
            return text.string
        }
    }

    /// Reads a string; returns where the first half of a surrogate pair without its other half stands in it, which RFC 8259 lets
    /// through (section 8.2) and our reader does not. So that the reader can check the rest, it gets a copy with other escapes in
    /// their places.
    private mutating func readText() throws(JSONError) -> Int? {
        let start = offset
        var end = start + 1
        while end < bytes.count, bytes[end] != UInt8(ascii: "\"") { end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1 }
        var text = Array(bytes[start..<min(end + 1, bytes.count)])
        let broken = Self.mendSurrogates(&text)
        offset += try text.withByteView { (text) throws(JSONError) in
            var reader = JSONReader(text)
            do throws(JSONError) {
                _ = try reader.next()
            } catch {
                throw JSONError(offset: start + error.offset, expected: error.expected)
            }
            return reader.offset
        }
        return broken.map { start + $0 }
    }

    /// Writes U+FFFD over each half of a pair; the place of the first.
    private static func mendSurrogates(_ text: inout [UInt8]) -> Int? {
        var first: Int?
        var index = 0
        while index < text.count {
            guard text[index] == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            guard let unit = codeUnit(text, at: index), unit & 0xF800 == 0xD800 else {
                index += 2
                continue
            }
            if unit < 0xDC00, let second = codeUnit(text, at: index + 6), second & 0xFC00 == 0xDC00 {
                index += 12
                continue
            }
            if first == nil { first = index }
            text.replaceSubrange(index..<index + 6, with: #"\ufffd"#.utf8)
            index += 6
        }
        return first
    }

    /// The value of a whole `\uXXXX` that begins at `index`.
    private static func codeUnit(_ text: [UInt8], at index: Int) -> UInt32? {
        guard index + 6 <= text.count, text[index] == UInt8(ascii: "\\"), text[index + 1] == UInt8(ascii: "u") else {
            return nil
        }
        var unit: UInt32 = 0
        for byte in text[index + 2..<index + 6] {
            guard let digit = ASCII.hexValue(byte) else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == ASCII.space || byte == ASCII.tab || byte == ASCII.lineFeed || byte == ASCII.carriageReturn
    }

    private static func cut(_ number: String) -> String {
        number.utf8.count <= 40 ? number : number.prefix(40) + "..."
    }

    private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipBlanks() {
        while let byte = peek, Self.isBlank(byte) { offset += 1 }
    }

    private func fault(_ expected: JSONError.Expected) -> JSONError { JSONError(offset: offset, expected: expected) }

    /// Such as `not JSON: expected a colon at byte 7`, with the line where there are several.
    private func words(_ error: JSONError) -> String {
        let line = bytes[..<min(error.offset, bytes.count)].count(where: { $0 == ASCII.lineFeed }) + 1
        let place = "at byte \(error.offset)" + (line > 1 ? ", line \(line)" : "")
        if error.expected == .shallowerNesting {
            return "more than \(EventDocument.maximumDepth) levels of nesting \(place)"
        }
        return "not JSON: expected \(error.message) \(place)"
    }
}
