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
        // Trailers may be shorter.
        guard bytes.count > 16 else { return }
        let lineEnds = LineEnds(in: bytes)
        var start = offset
        var window = offset
        windows: while window < lineEnds.count {
            // A name's characters may stand in a value, too. So the lines' ends are looked for first: the next line waits for
            // nothing else, and the processor reads it while it is still busy with this one.
            var ends = lineEnds.bits(at: window)
            // The window before ended with CR, and this one begins with its LF.
            if start > window { ends &= ~1 }
            while ends != 0 {
                let end = window &+ ends.trailingZeroBitCount
                ends &= ends &- 1
                guard isCertainLineEnd(end) else {
                    // One of the rare that a value may have; or no line at all.
                    guard ValueBytes.contains(bytes.start[end]) else { break windows }
                    continue
                }
                // The LF.
                ends &= ends &- 1
                if end == start {
                    start = end &+ 2
                    isAtEnd = true
                    break windows
                }
                guard fields.count < HTTPLimits.fields, let colon = wholeName(from: start) else { break windows }
                let line = FieldLine(name: start, colon: colon, end: end, in: bytes)
                fields.append(line)
                try framing.look(at: line, in: bytes)
                start = end &+ 2
            }
            window &+= 64
        }
        offset = start
        fieldCount = fields.count
    }

    /// The offset of the colon behind a name; nil where there is none. The line's end must be known to be there.
    @inline(__always)
    private func wholeName(from start: Int) -> Int? {
        let memory = UnsafeRawPointer(bytes.start)
        var colon = start
        while bytes.count &- colon >= 16 {
            let block = memory.loadUnaligned(fromByteOffset: colon, as: SIMD16<UInt8>.self)
            let suspects = laneBits(TokenBytes.suspects(in: block))
            if suspects != 0 {
                colon &+= suspects.trailingZeroBitCount
                break
            }
            colon &+= 16
        }
        // At most the line's end, which is in no name.
        if bytes.start[colon] != 0x3A {
            colon = RunScan.end(of: TokenBytes.self, in: bytes, from: colon)
            guard bytes.start[colon] == 0x3A else { return nil }
        }
        return colon > start ? colon : nil
    }
}
#endif
