/// Bytes that somebody else owns: a pointer and a count, nothing more.
///
/// The parsers take views and give views back, so that a request is read where the kernel put it. A view does not keep
/// its bytes alive: it is valid until the owner (a ``Buffer``, a static string, a `withUnsafe...` scope) changes or ends.
/// Copy what must outlive a callback, for example with ``string`` or ``array``.
@frozen
public struct ByteView {
    /// The first byte; not to be read when ``count`` is zero.
    public let start: UnsafePointer<UInt8>
    /// The number of bytes.
    public let count: Int

    /// A view of `count` bytes at `start`.
    @inlinable
    public init(start: UnsafePointer<UInt8>, count: Int) {
        assert(count >= 0)
        self.start = start
        self.count = count
    }

    /// A view of the bytes of a raw buffer, which the caller keeps alive.
    @inlinable
    public init(_ bytes: UnsafeRawBufferPointer) {
        if let base = bytes.baseAddress {
            self.init(start: base.assumingMemoryBound(to: UInt8.self), count: bytes.count)
        } else {
            self = .empty
        }
    }

    /// A view of a literal, valid for ever.
    @inlinable
    public init(_ literal: StaticString) {
        self.init(start: literal.utf8Start, count: literal.utf8CodeUnitCount)
    }

    /// A view of the bytes before the zero that ends them.
    package init(endingWithZero string: UnsafePointer<CChar>) {
        var count = 0
        while string[count] != 0 { count &+= 1 }
        self.init(start: UnsafeRawPointer(string).assumingMemoryBound(to: UInt8.self), count: count)
    }

    /// A view of no bytes.
    @inlinable
    public static var empty: ByteView { "" }

    /// True if there is no byte.
    @inlinable
    public var isEmpty: Bool { count == 0 }

    /// The byte at `index`, counted from the start of this view.
    @inlinable
    public subscript(index: Int) -> UInt8 {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index outside the view")
        return start[index]
    }

    /// The part of this view that `range` names, in offsets from its start.
    @inlinable
    public subscript(range: Range<Int>) -> ByteView {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside the view")
        return ByteView(start: start + range.lowerBound, count: range.upperBound &- range.lowerBound)
    }

    /// Everything from `offset` on.
    @inlinable
    public func dropFirst(_ offset: Int) -> ByteView {
        precondition(UInt(bitPattern: offset) <= UInt(bitPattern: count), "offset outside the view")
        return ByteView(start: start + offset, count: count &- offset)
    }

    /// The offset of the first `byte`, or nil.
    @inlinable
    public func firstIndex(of byte: UInt8) -> Int? {
        var index = 0
        #if !hasFeature(Embedded)
        let lastWord = count &- 8
        while lastWord >= 0, index < count {
            // The last bytes come with some that were looked at already.
            let offset = index < lastWord ? index : lastWord
            // The lowest bit that is left stands in the first byte that became zero; above it there may be false ones.
            let word = UInt64(littleEndian: word(at: offset)) ^ (0x0101_0101_0101_0101 &* UInt64(byte))
            let zeros = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
            if zeros != 0 { return offset &+ zeros.trailingZeroBitCount / 8 }
            index = offset &+ 8
        }
        #endif
        while index < count {
            if start[index] == byte { return index }
            index &+= 1
        }
        return nil
    }

    /// Returns true if both views hold the same bytes.
    @inlinable
    public static func == (left: ByteView, right: ByteView) -> Bool {
        guard left.count == right.count else { return false }
        var index = 0
        let lastWord = left.count &- 8
        if lastWord >= 0 {
            while index < lastWord {
                if left.word(at: index) != right.word(at: index) { return false }
                index &+= 8
            }
            // Some of its bytes may have been looked at already.
            return left.word(at: lastWord) == right.word(at: lastWord)
        }
        while index < left.count {
            if left.start[index] != right.start[index] { return false }
            index &+= 1
        }
        return true
    }

    /// Returns true if the view holds the bytes of `other`, upper and lower case ASCII letters taken as equal.
    @inlinable
    public func equalsIgnoringCase(_ other: ByteView) -> Bool {
        // Names are mostly written in the same case.
        if self == other { return true }
        guard count == other.count else { return false }
        var index = 0
        while index < count {
            if ASCII.lowercased(start[index]) != ASCII.lowercased(other.start[index]) { return false }
            index &+= 1
        }
        return true
    }

    /// Eight bytes as one number; there must be as many from `offset` on.
    @inlinable
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        UnsafeRawPointer(start).loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }

    /// Returns true if the view begins with the bytes of `prefix`.
    @inlinable
    public func starts(with prefix: ByteView) -> Bool { count >= prefix.count && self[0..<prefix.count] == prefix }

    /// The view without spaces and tabs at either end.
    @inlinable
    public var trimmed: ByteView {
        var low = 0
        var high = count
        while low < high, ASCII.isBlank(start[low]) { low &+= 1 }
        while high > low, ASCII.isBlank(start[high &- 1]) { high &-= 1 }
        return self[low..<high]
    }

    /// The value of one or more decimal digits and nothing else; nil otherwise or past `UInt64.max`.
    @inlinable
    public var decimal: UInt64? {
        guard count > 0 else { return nil }
        var value: UInt64 = 0
        var index = 0
        while index < count {
            let digit = start[index] &- ASCII.zero
            guard digit < 10 else { return nil }
            guard value <= UInt64.max / 10 else { return nil }
            value = value &* 10 &+ UInt64(digit)
            // It went past the end and began anew.
            guard value >= digit else { return nil }
            index &+= 1
        }
        return value
    }

    /// A copy of the bytes.
    public var array: [UInt8] { [UInt8](UnsafeBufferPointer(start: start, count: count)) }

    /// The bytes decoded as UTF-8, with the replacement character where they are not.
    public var string: String { String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self) }

    /// The same bytes as the standard library's buffer pointer.
    @inlinable
    public var rawBuffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
}

extension ByteView: ExpressibleByStringLiteral {
    /// A view of a literal, so that one can be written where a view is asked for.
    @inlinable
    public init(stringLiteral literal: StaticString) { self.init(literal) }
}

extension Array where Element == UInt8 {
    /// Lends the array's bytes as a view for the length of `body`.
    ///
    /// - Throws: what `body` throws.
    @inlinable
    public func withByteView<Result, Failure: Error>(
        _ body: (ByteView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeBufferPointer { (bytes) throws(Failure) in try body(ByteView(UnsafeRawBufferPointer(bytes))) }
    }
}

extension String {
    /// Lends the string's UTF-8 bytes as a view for the length of `body`.
    ///
    /// - Throws: what `body` throws.
    @inlinable
    public func withByteView<Result, Failure: Error>(
        _ body: (ByteView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // Nearly every string's bytes lie side by side.
        let result = utf8.withContiguousStorageIfAvailable { bytes in
            Swift.Result { () throws(Failure) in try body(ByteView(UnsafeRawBufferPointer(bytes))) }
        }
        if let result { return try result.get() }
        return try [UInt8](utf8).withByteView(body)
    }
}
