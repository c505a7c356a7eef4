import Bytes

/// Heads and chunks, written. A piece that would break the framing is our own bug and traps; ask ``isFieldValue(_:)``
/// about a value that somebody else chose.
extension Buffer {
    /// Appends `POST /done HTTP/1.1` and CRLF; the target is visible ASCII, one byte at least.
    public mutating func appendRequestLine(_ method: StaticString, target: ByteView) {
        appendRequestLine(method, below: .empty, target: target)
    }

    /// The same with a path in front of the target, of visible ASCII too.
    package mutating func appendRequestLine(_ method: StaticString, below path: ByteView, target: ByteView) {
        precondition(isToken(ByteView(method)), "the method is not a token")
        precondition(path.isMade(of: TargetBytes.self), "not a path")
        precondition(!target.isEmpty && target.isMade(of: TargetBytes.self), "not a request target")
        append(ByteView(method))
        append(ASCII.space)
        append(path)
        append(target)
        append(" HTTP/1.1\r\n")
    }

    /// Appends `HTTP/1.1 200 OK` and CRLF, with the phrase of ``statusText(_:)``; the status is 100 to 999.
    public mutating func appendStatusLine(_ status: Int) {
        // Nearly every answer.
        if status == 200 { return append("HTTP/1.1 200 OK\r\n") }
        precondition(status >= 100 && status <= 999, "not a status")
        append("HTTP/1.1 ")
        append(decimal: UInt64(status))
        append(ASCII.space)
        append(statusText(status))
        appendEndOfLine()
    }

    /// Appends a field line; the value is one by ``isFieldValue(_:)``.
    public mutating func appendField(_ name: StaticString, _ value: ByteView) {
        precondition(isFieldValue(value), "not a field value")
        #if hasFeature(Embedded)
        appendFieldName(name)
        append(value)
        appendEndOfLine()
        #else
        let name = ByteView(name)
        precondition(isToken(name), "the field name is not a token")
        // All in one room.
        let count = name.count &+ value.count &+ 4
        let room = reserve(count)
        var place = room.baseAddress!
        func put(_ bytes: ByteView) {
            place.copyMemory(from: bytes.start, byteCount: bytes.count)
            place += bytes.count
        }
        put(name)
        put(": ")
        put(value)
        put("\r\n")
        commit(count)
        #endif
    }

    /// Appends a field line whose value is a decimal number.
    public mutating func appendField(_ name: StaticString, _ value: UInt64) {
        appendFieldName(name)
        append(decimal: value)
        appendEndOfLine()
    }

    /// Appends the empty line that ends a head or a trailer section.
    public mutating func appendEndOfHead() { appendEndOfLine() }

    /// Appends a chunk of a body; of no bytes nothing, since an empty chunk would end the body.
    public mutating func appendChunk(_ bytes: ByteView) {
        guard !bytes.isEmpty else { return }
        append(hexadecimal: UInt64(bytes.count))
        appendEndOfLine()
        append(bytes)
        appendEndOfLine()
    }

    /// Appends the end of a chunked body without trailers.
    public mutating func appendLastChunk() { append("0\r\n\r\n") }

    /// Appends the end of a chunked body with the trailers that the closure appends as fields.
    public mutating func appendLastChunk(trailers: (inout Buffer) -> Void) {
        append("0\r\n")
        trailers(&self)
        appendEndOfLine()
    }

    private mutating func appendFieldName(_ name: StaticString) {
        precondition(isToken(ByteView(name)), "the field name is not a token")
        append(ByteView(name))
        append(": ")
    }

    private mutating func appendEndOfLine() { append("\r\n") }
}

/// Returns true if the bytes may be sent as a field value: no control character but the tab. Blanks at either end are
/// allowed; the receiver drops them.
public func isFieldValue(_ bytes: ByteView) -> Bool { bytes.isMade(of: ValueBytes.self) }

/// Returns true if the bytes may be sent as a field name: a token (RFC 9110, section 5.6.2).
package func isFieldName(_ bytes: ByteView) -> Bool { isToken(bytes) }

private func isToken(_ bytes: ByteView) -> Bool { !bytes.isEmpty && bytes.isMade(of: TokenBytes.self) }
