import Bytes

/// The members of a field value that is a comma-separated list (RFC 9110 section 5.6.1), without blanks around them.
/// Empty members are reported too; the reader of the list decides about them. For lists that hold no quoted strings.
package struct CommaList {
    private let bytes: ByteView
    private var offset = 0

    init(_ bytes: ByteView) { self.bytes = bytes }

    /// The next member, or nil after the last. An empty value has one empty member.
    mutating func next() -> ByteView? {
        guard offset <= bytes.count else { return nil }
        let rest = bytes.dropFirst(offset)
        let member = rest[0..<(rest.firstIndex(of: 0x2C) ?? rest.count)]
        offset &+= member.count &+ 1
        return member.trimmed
    }

    /// Returns true if `token` is a member of the list, in any case.
    package static func contains(_ bytes: ByteView, _ token: ByteView) -> Bool {
        var list = CommaList(bytes)
        while let member = list.next() {
            if member.equalsIgnoringCase(token) { return true }
        }
        return false
    }
}
