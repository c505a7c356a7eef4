#if !hasFeature(Embedded)
import Bytes

/// The short way through what is whole and well-formed, as nearly every head is.
///
/// All that these accept, the pieces of ``HeadCursor`` accept, and understand in the same way; anything else is left to
/// them, where it stands, to find out what is missing or wrong. Embedded builds do without: there size comes first.
extension HeadCursor {
    /// A request line.
    mutating func wholeRequestLine() -> (method: Range<Int>, target: Range<Int>, version: HTTPVersion)? {
        let methodEnd = RunScan.inlinedEnd(of: TokenBytes.self, in: bytes, from: offset)
        guard methodEnd > offset, methodEnd < bytes.count, bytes[methodEnd] == ASCII.space else { return nil }
        let target = methodEnd &+ 1
        let targetEnd = RunScan.inlinedEnd(of: TargetBytes.self, in: bytes, from: target)
        guard targetEnd > target, targetEnd &- target <= HTTPLimits.targetBytes, targetEnd < bytes.count,
            bytes[targetEnd] == ASCII.space, let version = bytes.version(at: targetEnd &+ 1),
            isLineEnd(targetEnd &+ 9)
        else { return nil }
        defer { offset = targetEnd &+ 11 }
        return (offset..<methodEnd, target..<targetEnd, version)
    }

    /// A status line.
    mutating func wholeStatusLine() -> (version: HTTPVersion, status: Int, reason: Range<Int>)? {
        guard bytes.count >= offset &+ 13, let version = bytes.version(at: offset),
            bytes[offset &+ 8] == ASCII.space, bytes[offset &+ 12] == ASCII.space,
            let status = bytes[offset &+ 9..<offset &+ 12].decimal, status >= 100
        else { return nil }
        let reason = offset &+ 13
        let reasonEnd = RunScan.inlinedEnd(of: ValueBytes.self, in: bytes, from: reason)
        guard isLineEnd(reasonEnd) else { return nil }
        offset = reasonEnd &+ 2
        return (version, Int(status), reason..<reasonEnd)
    }

    /// Field lines, and the empty line behind them.
    mutating func wholeLines(
        _ fields: inout FieldTable, _ framing: inout FramingFields
    ) throws(HTTPParseError) {
        var start = offset
        while fields.count < HTTPLimits.fields {
            // A name's characters may stand in a value, too. So the line's end is looked for first: the next line waits
            // for nothing else, and the processor reads it while it is still busy with this one.
            let end = RunScan.inlinedEnd(of: ValueBytes.self, in: bytes, from: start)
            guard isLineEnd(end) else { break }
            // At most the end, as no token has a CR.
            let colon = RunScan.inlinedEnd(of: TokenBytes.self, in: bytes, from: start)
            guard colon > start, bytes.start[colon] == 0x3A else { break }
            let line = FieldLine(name: start, colon: colon, end: end, in: bytes)
            fields.append(line)
            try framing.look(at: line, in: bytes)
            start = end &+ 2
        }
        offset = start
        fieldCount = fields.count
        if isLineEnd(offset) {
            offset &+= 2
            isAtEnd = true
        }
    }
}
#endif
