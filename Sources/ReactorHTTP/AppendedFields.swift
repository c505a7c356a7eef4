// Fields that a caller has appended to a message, looked at for what they mean to the connection. Who frames a message must be
// the only one to say how: of two framings, two readers see two messages (RFC 9112, section 11.2). A field that is not the
// caller's to write is therefore the caller's bug, and traps. All others travel as they are.

/// Returns true if header fields ask for the connection's end (RFC 9112, section 9.6).
///
/// - Parameters:
///   - fields: the field lines, whole.
///   - isRequest: whether they are a request's, where `Host` is the client's to say.
@inline(never)
package func asksToClose(_ fields: ByteView, ofRequest isRequest: Bool = false) -> Bool {
    var asks = false
    forEachField(of: fields) { name, value in
        refuseFraming(name)
        precondition(!isRequest || !name.equalsIgnoringCase("Host"), "Host is the client's to say")
        if name.equalsIgnoringCase("Connection"), CommaList.contains(value, "close") { asks = true }
    }
    return asks
}

extension Buffer {
    /// Appends a caller's trailer fields, of which none may be one that a receiver needs before the body (RFC 9110, section 6.5.1).
    mutating func appendTrailers(_ trailers: (inout Buffer) -> Void) {
        let start = count
        trailers(&self)
        forEachField(of: readable.dropFirst(start)) { name, _ in
            refuseFraming(name)
            precondition(!name.equalsIgnoringCase("Connection"), "Connection is no trailer field")
            precondition(!name.equalsIgnoringCase("Host"), "Host is no trailer field")
            precondition(!name.equalsIgnoringCase("Trailer"), "Trailer is no trailer field")
        }
    }
}

private func refuseFraming(_ name: ByteView) {
    precondition(!name.equalsIgnoringCase("Content-Length"), "Content-Length is not the caller's to say")
    precondition(!name.equalsIgnoringCase("Transfer-Encoding"), "Transfer-Encoding is not the caller's to say")
}

/// Returns true if the name of a line, of so many bytes, may be one that is looked at here.
@inline(__always)
private func isLookedAt(_ line: ByteView, _ count: Int) -> Bool {
    #if hasFeature(Embedded)
    return true
    #else
    // At each length, the first letter: Host at 4, Trailer at 7, Connection at 10, Content-Length at 14, Transfer-Encoding at 17.
    let letters: StaticString = "....h..t..c...c..t"
    return count < letters.utf8CodeUnitCount && letters.utf8Start[count] == line.start[0] | 0x20
    #endif
}

/// Visits the name and the value of each field line that has a name which is looked at.
private func forEachField(of fields: ByteView, _ body: (ByteView, ByteView) -> Void) {
    var rest = fields
    while !rest.isEmpty, let end = rest.firstIndex(of: ASCII.lineFeed) {
        let line = rest[0..<end]
        rest = rest.dropFirst(end + 1)
        guard let colon = line.firstIndex(of: 0x3A), isLookedAt(line, colon) else { continue }
        var value = line.dropFirst(colon + 1)
        if value.count > 0, value[value.count - 1] == ASCII.carriageReturn { value = value[0..<value.count - 1] }
        body(line[0..<colon], value)
    }
}
