extension Buffer {
    /// Appends `bytes` as a JSON string with its quotation marks. Quotation marks, backslashes and control characters
    /// are escaped; what is not well-formed UTF-8 becomes U+FFFD, as `String(decoding:as:)` would make it. The bytes
    /// must not be of this buffer.
    public mutating func appendJSONString(_ bytes: ByteView) {
        append(UInt8(ascii: "\""))
        var start = 0
        var offset = 0
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte < 0x80 {
                if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                    append(bytes[start..<offset])
                    appendEscape(byte)
                    start = offset &+ 1
                }
                offset &+= 1
                continue
            }
            switch UTF8Sequence(bytes, at: offset) {
            case .wellFormed(let length): offset &+= length
            case .illFormed(let length):
                append(bytes[start..<offset])
                append("\u{FFFD}")
                offset &+= length
                start = offset
            }
        }
        append(bytes[start..<offset])
        append(UInt8(ascii: "\""))
    }

    /// Appends a JSON object whose members `body` writes.
    ///
    ///     buffer.appendJSONObject {
    ///         $0.field("mode", "hold")
    ///         $0.object("releases") { $0.field("done", 3) }
    ///     }
    public mutating func appendJSONObject(_ body: (inout JSONWriter) -> Void) { appendJSON(asObject: true, body) }

    /// Appends a JSON array whose elements `body` writes.
    public mutating func appendJSONArray(_ body: (inout JSONWriter) -> Void) { appendJSON(asObject: false, body) }

    /// The writer owns the bytes while `body` runs, and an empty buffer, which costs nothing, stands in for them.
    private mutating func appendJSON(asObject: Bool, _ body: (inout JSONWriter) -> Void) {
        let bytes = consume self
        self = Buffer()
        var writer = JSONWriter(bytes, isInObject: asObject)
        body(&writer)
        self = writer.finish()
    }

    private mutating func appendEscape(_ byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: append(UInt8(ascii: "b"))
        case 0x0C: append(UInt8(ascii: "f"))
        case ASCII.lineFeed: append(UInt8(ascii: "n"))
        case ASCII.carriageReturn: append(UInt8(ascii: "r"))
        case ASCII.tab: append(UInt8(ascii: "t"))
        case 0x00..<0x20:
            append("u00")
            append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
            append(hexadecimal: UInt64(byte & 15))
        default: append(byte)
        }
    }
}
