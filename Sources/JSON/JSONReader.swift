/// Reads one JSON document (RFC 8259) token by token, in place: nothing is copied and nothing allocated.
///
/// It is strict. No trailing comma, comment, leading zero, byte order mark or second value; strings are well-formed
/// UTF-8 without raw control characters, and an escaped surrogate without its other half is refused. Names that repeat
/// and numbers of any size are let through for the caller to judge.
///
///     var reader = JSONReader(body)
///     guard case .beginObject = try reader.next() else { ... }
///     while case .key(let name) = try reader.next() {
///         if name == "requestId" {
///             guard case .string(let text) = try reader.next() else { ... }
///         } else {
///             try reader.skipValue()
///         }
///     }
///
/// A document is accepted only once ``next()`` has returned ``JSONToken/end``.
public struct JSONReader {
    /// The depth to which arrays and objects may be nested.
    public static var maximumDepth: Int { 64 }

    private let bytes: ByteView
    /// The number of bytes read so far.
    public private(set) var offset = 0
    /// The number of open arrays and objects.
    public private(set) var depth = 0
    /// One bit for each open array or object, the innermost lowest: 1 for an object.
    private var objects: UInt64 = 0
    private var position = Position.value

    /// The things that may come next.
    private enum Position {
        case value, firstElement, firstName, name, commaOrEnd, end
    }

    /// A reader at the start of `bytes`, which are to stay as they are while it or any of its tokens is in use.
    public init(_ bytes: ByteView) { self.bytes = bytes }

    /// The next token; ``JSONToken/end`` again and again once the document is over.
    ///
    /// - Throws: a ``JSONError`` that names the first byte that breaks RFC 8259 or nests deeper than ``maximumDepth``.
    ///   The reader is left where it was, so that every further call throws it again.
    public mutating func next() throws(JSONError) -> JSONToken {
        let before = self
        do {
            return try advance()
        } catch {
            self = before
            throw error
        }
    }

    /// Skips one value with everything in it, where a value comes next: after a key, before an element of an array, at
    /// the start. The value is checked like any other.
    ///
    /// - Throws: a ``JSONError`` as ``next()`` does; one that expects a ``JSONError/Expected/value`` where none comes
    ///   next, at the end of an array for example. The reader is left where it was.
    public mutating func skipValue() throws(JSONError) { _ = try passValue() }

    /// Passes one value, as ``skipValue()`` does; its token, the opening one of an array or object.
    mutating func passValue() throws(JSONError) -> JSONToken {
        let before = self
        do {
            try advanceToValue()
            let token = try readValue()
            while depth > before.depth { _ = try advance() }
            return token
        } catch {
            self = before
            throw error
        }
    }

    private mutating func advance() throws(JSONError) -> JSONToken {
        skipWhitespace()
        switch position {
        case .value: return try readValue()
        case .firstElement: return peek == UInt8(ascii: "]") ? close() : try readValue()
        case .firstName: return peek == UInt8(ascii: "}") ? close() : try readName()
        case .name: return try readName()
        case .commaOrEnd:
            if peek == (isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) { return close() }
            try readComma()
            return isInObject ? try readName() : try readValue()
        case .end:
            guard offset == bytes.count else { throw fault(.endOfDocument) }
            return .end
        }
    }

    /// Moves past what may stand before a value.
    private mutating func advanceToValue() throws(JSONError) {
        skipWhitespace()
        switch position {
        case .value: return
        case .firstElement: if peek != UInt8(ascii: "]") { return }
        case .commaOrEnd: if !isInObject, peek != UInt8(ascii: "]") { return try readComma() }
        case .firstName, .name, .end: break
        }
        throw fault(.value)
    }

    private mutating func readComma() throws(JSONError) {
        guard peek == UInt8(ascii: ",") else { throw fault(.commaOrEnd) }
        offset &+= 1
        skipWhitespace()
        position = isInObject ? .name : .value
    }

    /// Reads a name and the colon behind it.
    private mutating func readName() throws(JSONError) -> JSONToken {
        guard peek == UInt8(ascii: "\"") else { throw fault(position == .name ? .name : .nameOrEnd) }
        let (text, end) = try JSONText.scan(bytes, from: offset)
        offset = end
        skipWhitespace()
        guard peek == UInt8(ascii: ":") else { throw fault(.colon) }
        offset &+= 1
        position = .value
        skipWhitespace()
        return .key(text)
    }

    private mutating func readValue() throws(JSONError) -> JSONToken {
        switch peek {
        case UInt8(ascii: "{"): return try open(object: true)
        case UInt8(ascii: "["): return try open(object: false)
        case UInt8(ascii: "\""):
            let (text, end) = try JSONText.scan(bytes, from: offset)
            return finish(.string(text), at: end)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let (number, end) = try JSONNumber.scan(bytes, from: offset)
            return finish(.number(number), at: end)
        case UInt8(ascii: "t"): return try readLiteral("true", .bool(true))
        case UInt8(ascii: "f"): return try readLiteral("false", .bool(false))
        case UInt8(ascii: "n"): return try readLiteral("null", .null)
        default: throw fault(position == .firstElement ? .elementOrEnd : .value)
        }
    }

    private mutating func readLiteral(_ literal: StaticString, _ token: JSONToken) throws(JSONError) -> JSONToken {
        guard bytes.dropFirst(offset).starts(with: ByteView(literal)) else { throw fault(.value) }
        return finish(token, at: offset + literal.utf8CodeUnitCount)
    }

    private mutating func open(object: Bool) throws(JSONError) -> JSONToken {
        guard depth < Self.maximumDepth else { throw fault(.shallowerNesting) }
        offset &+= 1
        depth += 1
        objects = objects << 1 | (object ? 1 : 0)
        position = object ? .firstName : .firstElement
        return object ? .beginObject : .beginArray
    }

    /// Ends the innermost array or object, whose closing bracket was seen.
    private mutating func close() -> JSONToken {
        let token: JSONToken = isInObject ? .endObject : .endArray
        depth -= 1
        objects >>= 1
        return finish(token, at: offset &+ 1)
    }

    private mutating func finish(_ token: JSONToken, at end: Int) -> JSONToken {
        offset = end
        position = depth == 0 ? .end : .commaOrEnd
        return token
    }

    private var isInObject: Bool { objects & 1 == 1 }

    /// The byte to be read next. Zero at the end, which is as little the start of anything as a zero byte is.
    private var peek: UInt8 { @_transparent get { offset < bytes.count ? bytes.start[offset] : 0 } }

    private func fault(_ expected: JSONError.Expected) -> JSONError { JSONError(offset: offset, expected: expected) }

    /// RFC 8259, section 2.
    @_transparent
    private mutating func skipWhitespace() {
        // Mostly there is none, and the call would take longer than the look.
        if peek <= ASCII.space { skipBlanks() }
    }

    private mutating func skipBlanks() {
        while offset < bytes.count {
            switch bytes[offset] {
            case ASCII.space, ASCII.tab, ASCII.lineFeed, ASCII.carriageReturn: offset &+= 1
            default: return
            }
        }
    }
}
