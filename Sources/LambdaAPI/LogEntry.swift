/// One entry of a log, written to standard error by extension, SDK and runtime alike.
package struct LogEntry {
    /// The part of the program that speaks, such as `postinvoke`.
    package var logger: StaticString
    /// The importance.
    package var level: LogLevel
    /// The invocation that the entry is about, if it is about one.
    package var requestID: ByteView?
    /// The text, whoever wrote it.
    package var message: ByteView

    /// An entry of these parts; the views must be valid until it is written.
    package init(_ level: LogLevel, logger: StaticString, requestID: ByteView? = nil, message: ByteView) {
        self.level = level
        self.logger = logger
        self.requestID = requestID
        self.message = message
    }

    /// Appends the entry and a line feed.
    ///
    /// It stays one entry whatever text it quotes: as text its control characters become spaces, so that no line of it passes
    /// for somebody else's and no terminal obeys it; as JSON those of ASCII's first 32 are escaped, and the others become spaces.
    ///
    /// - Parameters:
    ///   - milliseconds: the time, since 1970.
    ///   - fields: adds to the object; not called for text.
    package func append(
        to buffer: inout Buffer, as format: LogFormat, at milliseconds: Int64,
        fields: (inout JSONWriter) -> Void = { _ in }
    ) {
        switch format {
        case .text:
            buffer.append(ByteView(logger))
            buffer.append(": ")
            if let requestID {
                buffer.append(line: requestID)
                buffer.append(": ")
            }
            buffer.append(line: message)
        case .json:
            var time = Buffer(capacity: 24)
            time.append(timestamp: milliseconds)
            buffer.appendJSONObject { object in
                object.field("timestamp", time.readable)
                object.field("level", ByteView(level.name))
                object.field("logger", ByteView(logger))
                var text = Buffer(capacity: message.count)
                text.append(unescaped: message)
                object.field("message", text.readable)
                if let requestID { object.field("requestId", requestID) }
                fields(&object)
            }
        }
        buffer.append("\n")
    }
}

extension Buffer {
    /// Appends text as a part of one line: each control character, of ASCII or of Latin-1 in UTF-8, becomes a space.
    package mutating func append(line text: ByteView) { append(text, keepsFirst32: false) }

    /// Appends text for a JSON string, which escapes ASCII's first 32 characters itself: the other control characters, which
    /// it leaves as they are, become spaces.
    fileprivate mutating func append(unescaped text: ByteView) { append(text, keepsFirst32: true) }

    private mutating func append(_ text: ByteView, keepsFirst32: Bool) {
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == 0xC2, index + 1 < text.count, text[index + 1] >= 0x80, text[index + 1] < 0xA0 {
                // U+0080 to U+009F; some terminals take U+009B for the start of an escape sequence.
                append(ASCII.space)
                index += 2
                continue
            }
            append(byte < 0x20 && !keepsFirst32 || byte == 0x7F ? ASCII.space : byte)
            index += 1
        }
    }
}
