import Bytes

/// A place in the bytes of a head, and the pieces of grammar that are read from it.
///
/// Each piece is read strictly from left to right and a fault is thrown at the first byte that proves it, whatever comes
/// after. So the verdict on some bytes is the verdict on all bytes that begin with them, however they were split. A
/// piece that has not all arrived is nil (or false): the caller gives up and begins anew when there are more bytes.
struct HeadCursor {
    let bytes: ByteView
    var offset = 0
    /// True once the empty line that ends the section was passed.
    var isAtEnd = false
    var fieldCount = 0

    /// Reads no further than the first `limit` bytes.
    init(_ bytes: ByteView, limit: Int) { self.bytes = bytes.count > limit ? bytes[0..<limit] : bytes }

    /// Passes one empty line, if there is one (RFC 9112 section 2.2: a client may have sent it after the last body).
    mutating func emptyLine() throws(HTTPParseError) -> Bool {
        guard offset < bytes.count, bytes[offset] == ASCII.carriageReturn else { return true }
        return try lineEnd(else: .bareCarriageReturn)
    }

    /// Passes CRLF, or throws `fault` for a byte that begins no line end.
    mutating func lineEnd(else fault: HTTPParseError) throws(HTTPParseError) -> Bool {
        guard offset < bytes.count else { return false }
        guard bytes[offset] == ASCII.carriageReturn else {
            throw bytes[offset] == ASCII.lineFeed ? .bareLineFeed : fault
        }
        guard offset &+ 1 < bytes.count else { return false }
        guard bytes[offset &+ 1] == ASCII.lineFeed else { throw .bareCarriageReturn }
        offset &+= 2
        return true
    }

    /// Returns true if CRLF stands at an offset that is not negative.
    @inline(__always)
    func isLineEnd(_ offset: Int) -> Bool {
        assert(offset >= 0)
        return bytes.count &- offset >= 2 && isCertainLineEnd(offset)
    }

    /// The same where two bytes are known to be.
    @inline(__always)
    func isCertainLineEnd(_ offset: Int) -> Bool {
        assert(offset >= 0 && bytes.count &- offset >= 2)
        let pair = UnsafeRawPointer(bytes.start).loadUnaligned(fromByteOffset: offset, as: UInt16.self)
        return UInt16(littleEndian: pair) == 0x0A0D
    }

    /// Passes `expected`, or throws `fault` for another byte.
    mutating func byte(_ expected: UInt8, else fault: HTTPParseError) throws(HTTPParseError) -> Bool {
        guard offset < bytes.count else { return false }
        guard bytes[offset] == expected else { throw fault }
        offset &+= 1
        return true
    }

    /// The value of a decimal digit, or `fault`.
    mutating func digit(else fault: HTTPParseError) throws(HTTPParseError) -> Int? {
        guard offset < bytes.count else { return nil }
        guard ASCII.isDigit(bytes[offset]) else { throw fault }
        offset &+= 1
        return Int(bytes[offset &- 1] &- ASCII.zero)
    }

    /// A method and the space behind it.
    mutating func method() throws(HTTPParseError) -> Range<Int>? {
        let method = offset..<RunScan.end(of: TokenBytes.self, in: bytes, from: offset)
        offset = method.upperBound
        guard offset < bytes.count else { return nil }
        guard !method.isEmpty else { throw .malformedMethod }
        return try byte(ASCII.space, else: .malformedMethod) ? method : nil
    }

    /// A request target and the space behind it.
    mutating func target() throws(HTTPParseError) -> Range<Int>? {
        let target = offset..<RunScan.end(of: TargetBytes.self, in: bytes, from: offset)
        offset = target.upperBound
        guard target.count <= HTTPLimits.targetBytes else { throw .targetTooLong }
        guard offset < bytes.count else { return nil }
        guard !target.isEmpty else { throw .malformedTarget }
        return try byte(ASCII.space, else: .malformedTarget) ? target : nil
    }

    /// `HTTP/1.0` or `HTTP/1.1`, in exactly this case (RFC 9112 section 2.3). A higher minor version is taken for the highest
    /// that is known (RFC 9110 section 6.2).
    mutating func version() throws(HTTPParseError) -> HTTPVersion? {
        if let version = bytes.version(at: offset) {
            offset &+= 8
            return version
        }
        let name: ByteView = "HTTP/"
        var index = 0
        while index < name.count {
            guard try byte(name[index], else: .malformedVersion) else { return nil }
            index &+= 1
        }
        guard let major = try digit(else: .malformedVersion) else { return nil }
        guard major == 1 else { throw .unsupportedVersion }
        guard try byte(0x2E, else: .malformedVersion) else { return nil }
        guard let minor = try digit(else: .malformedVersion) else { return nil }
        return minor == 0 ? .http10 : .http11
    }

    /// A status and the space behind it, which is there even without a reason phrase (RFC 9112 section 4). Codes from
    /// 600 on are let through; RFC 9110 section 15 wants them taken for server errors, not for bad syntax.
    mutating func status() throws(HTTPParseError) -> Int? {
        guard let hundreds = try digit(else: .malformedStatus) else { return nil }
        guard hundreds > 0 else { throw .malformedStatus }
        guard let tens = try digit(else: .malformedStatus) else { return nil }
        guard let units = try digit(else: .malformedStatus) else { return nil }
        return try byte(ASCII.space, else: .malformedStatus) ? (hundreds &* 10 &+ tens) &* 10 &+ units : nil
    }

    /// A reason phrase, perhaps empty, and its line end.
    mutating func reason() throws(HTTPParseError) -> Range<Int>? {
        let reason = offset..<RunScan.end(of: ValueBytes.self, in: bytes, from: offset)
        offset = reason.upperBound
        return try lineEnd(else: .malformedReason) ? reason : nil
    }

    /// A field line. Nil means that there is none: with ``isAtEnd`` because the empty line behind the last one was passed,
    /// without it because the line has not all arrived.
    mutating func field() throws(HTTPParseError) -> FieldLine? {
        let name = offset
        let colon = RunScan.end(of: TokenBytes.self, in: bytes, from: name)
        guard colon > name else { return try noField() }
        guard fieldCount < HTTPLimits.fields else { throw .tooManyFields }
        guard colon < bytes.count else { return nil }
        guard bytes.start[colon] == 0x3A else { throw .malformedFieldName }

        let end = RunScan.end(of: ValueBytes.self, in: bytes, from: colon &+ 1)
        offset = end
        if isLineEnd(end) {
            offset = end &+ 2
        } else {
            // Incomplete, or wrong.
            guard try lineEnd(else: .malformedFieldValue) else { return nil }
        }
        fieldCount &+= 1
        return FieldLine(name: name, colon: colon, end: end, in: bytes)
    }

    /// Ends the section, or throws the fault of bytes that begin no field line.
    private mutating func noField() throws(HTTPParseError) -> FieldLine? {
        guard offset < bytes.count else { return nil }
        switch bytes[offset] {
        case ASCII.carriageReturn:
            isAtEnd = try lineEnd(else: .bareCarriageReturn)
            return nil
        case ASCII.lineFeed: throw .bareLineFeed
        case ASCII.space, ASCII.tab: throw .foldedField
        default: throw fieldCount < HTTPLimits.fields ? .malformedFieldName : .tooManyFields
        }
    }
}
