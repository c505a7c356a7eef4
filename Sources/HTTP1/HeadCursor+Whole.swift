#if !hasFeature(Embedded)
import Bytes

/// The short way through what is whole and well-formed, as nearly every head is.
///
/// What these accept, the pieces of ``HeadCursor`` accept, and understand in the same way; anything else is left to
/// them, where it stands, to find out what is missing or wrong. Embedded builds do without: there size comes first.
extension HeadCursor {
    /// A request line.
    mutating func wholeRequestLine() -> (method: Range<Int>, target: Range<Int>, version: HTTPVersion)? {
        var scan = BlockScan(bytes, from: offset)
        let methodEnd = scan.end(of: TokenBytes.self, from: offset)
        guard methodEnd > offset, methodEnd < bytes.count, bytes[methodEnd] == ASCII.space else { return nil }
        let target = methodEnd &+ 1
        let targetEnd = scan.end(of: TargetBytes.self, from: target)
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
        var scan = BlockScan(bytes, from: offset)
        let reason = offset &+ 13
        let reasonEnd = scan.end(of: ValueBytes.self, from: reason)
        guard isLineEnd(reasonEnd) else { return nil }
        offset = reasonEnd &+ 2
        return (version, Int(status), reason..<reasonEnd)
    }

    /// Field lines, and the empty line behind them.
    mutating func wholeLines(
        _ fields: inout FieldTable, _ framing: inout FramingFields
    ) throws(HTTPParseError) {
        var scan = BlockScan(bytes, from: offset)
        var start = offset
        while fields.count < HTTPLimits.fields {
            let colon = scan.end(of: TokenBytes.self, from: start)
            guard colon > start, colon < bytes.count, bytes[colon] == 0x3A else { break }
            var value = colon &+ 1
            var valueEnd = scan.end(of: ValueBytes.self, from: value)
            guard isLineEnd(valueEnd) else { break }
            let next = valueEnd &+ 2
            while value < valueEnd, ASCII.isBlank(bytes[value]) { value &+= 1 }
            while valueEnd > value, ASCII.isBlank(bytes[valueEnd &- 1]) { valueEnd &-= 1 }
            fields.append(FieldLine(start, colon &- start, value, valueEnd &- value))
            if FramingFields.mayConcern(nameCount: colon &- start) {
                try framing.read(bytes[start..<colon], bytes[value..<valueEnd])
            }
            start = next
        }
        offset = start
        fieldCount = fields.count
        if isLineEnd(offset) {
            offset &+= 2
            isAtEnd = true
        }
    }

    @inline(__always)
    private func isLineEnd(_ offset: Int) -> Bool {
        offset &+ 1 < bytes.count && bytes[offset] == ASCII.carriageReturn
            && bytes[offset &+ 1] == ASCII.lineFeed
    }
}
#endif
