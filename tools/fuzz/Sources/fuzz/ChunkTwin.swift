import HTTP1

/// A chunked body understood the slow and obvious way, a byte and a line at a time: after each byte the line so far is
/// asked whether it can still become a good one.
struct ChunkTwin {
    enum End {
        case partial
        /// The trailer section is at these offsets.
        case complete(start: Int, end: Int)
        case refused
    }

    private(set) var body: [UInt8] = []
    private(set) var end = End.partial
    /// True if what was refused was refused for its length.
    private(set) var isTooLarge = false

    init(_ bytes: [UInt8]) { read(bytes) }

    private mutating func read(_ bytes: [UInt8]) {
        var line: [UInt8] = []
        var left = 0
        var isInData = false
        var trailerStart: Int?
        var trailerLines = 0
        for (offset, byte) in bytes.enumerated() {
            if isInData, left > 0 {
                body.append(byte)
                left -= 1
                continue
            }
            line.append(byte)
            let isWhole = line.suffix(2) == [13, 10]
            if isInData {
                // Behind the data: nothing but a line end.
                guard line == [13] || line == [13, 10] else { return refuse() }
                if isWhole { isInData = false }
            } else if let start = trailerStart {
                let section = offset + 1 - start
                if line.count == 1, line != [13], trailerLines == HTTPLimits.fields { return refuse(tooLarge: true) }
                guard Self.canBeTrailer(line) else { return refuse() }
                if line == [13, 10] {
                    guard section <= HTTPLimits.trailerBytes else { return refuse(tooLarge: true) }
                    end = .complete(start: start, end: offset + 1)
                    return
                }
                guard section < HTTPLimits.trailerBytes else { return refuse(tooLarge: true) }
                if isWhole { trailerLines += 1 }
            } else {
                guard line.count <= HTTPLimits.chunkLineBytes else { return refuse() }
                guard let size = Self.size(of: line) else { return refuse() }
                if isWhole {
                    if size == 0 { trailerStart = offset + 1 }
                    isInData = size > 0
                    left = Int(clamping: size)
                }
            }
            if isWhole { line = [] }
        }
    }

    private mutating func refuse(tooLarge: Bool = false) {
        end = .refused
        isTooLarge = tooLarge
        body = []
    }

    /// The size in a size line, or in its beginning; nil if it cannot become a good one.
    private static func size(of line: [UInt8]) -> UInt64? {
        var rest = line[...]
        if rest.suffix(2) == [13, 10] { rest = rest.dropLast(2) } else if rest.last == 13 { rest = rest.dropLast() }
        let hasEnd = rest.count < line.count
        let digits = rest.prefix { Character(UnicodeScalar($0)).isHexDigit && $0 < 0x80 }
        guard !digits.isEmpty, let size = UInt64(String(decoding: digits, as: UTF8.self), radix: 16) else { return nil }
        let blanks = rest.dropFirst(digits.count).prefix { $0 == 0x20 || $0 == 0x09 }
        let behind = rest.dropFirst(digits.count + blanks.count)
        if behind.isEmpty { return blanks.isEmpty || !hasEnd ? size : nil }
        guard behind.first == 0x3B, behind.allSatisfy({ $0 == 0x09 || $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        return size
    }

    private static func canBeTrailer(_ line: [UInt8]) -> Bool {
        if line == [13] || line == [13, 10] { return true }
        let name = line.prefix { ByteClass.isToken($0) }
        guard !name.isEmpty else { return false }
        var rest = line.dropFirst(name.count)
        if rest.isEmpty { return true }
        guard rest.first == 0x3A else { return false }
        rest = rest.dropFirst()
        if rest.suffix(2) == [13, 10] { rest = rest.dropLast(2) } else if rest.last == 13 { rest = rest.dropLast() }
        return rest.allSatisfy { ByteClass.isValue($0) }
    }
}
