import Bytes

/// Finds where a run of allowed bytes ends; the only code of the parsers that reads through a bare pointer.
///
/// Invariant: `0 <= index <= bytes.count` at all times. A byte is read only while `index < bytes.count` and a word only
/// while `bytes.count - index >= 8`, so nothing outside the view is ever touched. Each scan checks its starting offset,
/// and what it returns is a valid offset or `bytes.count`.
enum Scan {
    /// The offset of the first byte from `offset` on that may not be in a token (RFC 9110 section 5.6.2), or the count.
    static func tokenEnd(_ bytes: ByteView, from offset: Int) -> Int { end(of: tokenBytes, bytes, from: offset) }

    /// The offset of the first byte from `offset` on that may not be in a Host field's value, or the count: letters,
    /// digits, and the punctuation of RFC 3986's host and port.
    static func hostEnd(_ bytes: ByteView, from offset: Int) -> Int { end(of: hostBytes, bytes, from: offset) }

    /// The offset of the first byte from `offset` on that may not be in a request target, or the count.
    ///
    /// A target is visible ASCII, 0x21 to 0x7E. RFC 3986 allows fewer; but what clients send unescaped, such as `|` or
    /// `{`, cannot be mistaken for the end of anything.
    static func targetEnd(_ bytes: ByteView, from offset: Int) -> Int {
        end(
            bytes, from: offset,
            allAllowed: { below($0, 0x21) | below($0 ^ (ones &* 0x7F), 1) | ($0 & highBits) == 0 },
            isAllowed: { $0 > 0x20 && $0 < 0x7F })
    }

    /// The offset of the first byte from `offset` on that may not be in a field value or a reason phrase, or the count:
    /// a control character other than a tab (RFC 9110 section 5.5). Bytes from 0x80 on are allowed.
    static func valueEnd(_ bytes: ByteView, from offset: Int) -> Int {
        end(
            bytes, from: offset,
            allAllowed: { below($0, 0x20) | below($0 ^ (ones &* 0x7F), 1) == 0 },
            isAllowed: { $0 >= 0x20 && $0 != 0x7F || $0 == ASCII.tab })
    }

    /// Runs ahead by whole words while `allAllowed`, and looks byte by byte at a word that may hold the end. A word that
    /// only looked so, such as one with a tab, costs eight looks.
    @inline(__always)
    private static func end(
        _ bytes: ByteView, from offset: Int, allAllowed: (UInt64) -> Bool, isAllowed: (UInt8) -> Bool
    ) -> Int {
        let count = bytes.count
        precondition(offset >= 0 && offset <= count, "offset outside the view")
        let start = UnsafeRawPointer(bytes.start)
        var index = offset
        while index < count {
            if count &- index >= 8, allAllowed(start.loadUnaligned(fromByteOffset: index, as: UInt64.self)) {
                index &+= 8
                continue
            }
            let stop = min(count, index &+ 8)
            while index < stop {
                guard isAllowed(start.load(fromByteOffset: index, as: UInt8.self)) else { return index }
                index &+= 1
            }
        }
        return count
    }

    /// `table` has a letter for each ASCII byte, `x` where it is allowed; bytes from 0x80 on never are.
    @inline(__always)
    private static func end(of table: StaticString, _ bytes: ByteView, from offset: Int) -> Int {
        let count = bytes.count
        precondition(offset >= 0 && offset <= count, "offset outside the view")
        let allowed = table.utf8Start
        var index = offset
        while index < count {
            let byte = bytes.start[index]
            guard byte < 0x80, allowed[Int(byte)] == 0x78 else { break }
            index &+= 1
        }
        return index
    }

    /// Not zero if any byte of `word` is less than `limit`, which is at most 0x80: such a byte borrows into its own high
    /// bit, which it did not have. A borrow may spill into the byte above, but only from one that is less.
    @inline(__always)
    private static func below(_ word: UInt64, _ limit: UInt64) -> UInt64 {
        (word &- ones &* limit) & ~word & highBits
    }

    @inline(__always) private static var ones: UInt64 { 0x0101_0101_0101_0101 }
    @inline(__always) private static var highBits: UInt64 { 0x8080_8080_8080_8080 }

    // Literals rather than arrays: they need no initialization, no allocation and no bounds check.

    private static var tokenBytes: StaticString {
        """
        ................\
        ................\
        .x.xxxxx..xx.xx.\
        xxxxxxxxxx......\
        .xxxxxxxxxxxxxxx\
        xxxxxxxxxxx...xx\
        xxxxxxxxxxxxxxxx\
        xxxxxxxxxxx.x.x.
        """
    }

    private static var hostBytes: StaticString {
        """
        ................\
        ................\
        .x..xxxxxxxxxxx.\
        xxxxxxxxxxxx.x..\
        .xxxxxxxxxxxxxxx\
        xxxxxxxxxxxx.x.x\
        .xxxxxxxxxxxxxxx\
        xxxxxxxxxxx...x.
        """
    }
}

/// Whether the bytes may be sent as a field value: no control character but the tab. Blanks at either end are allowed;
/// the receiver drops them.
public func isFieldValue(_ bytes: ByteView) -> Bool { Scan.valueEnd(bytes, from: 0) == bytes.count }
