import Bytes

/// Cuts a stream into pieces. The first byte of a target's input chooses the pattern, so that an input stays readable.
struct Cuts {
    private var state: UInt64
    private let longest: UInt64

    /// The pattern of a byte: pieces of one byte each for some, of up to hundreds for others.
    init(_ pattern: UInt8) {
        state = UInt64(pattern) &* 0x9E37_79B9_7F4A_7C15
        longest = [1, 2, 3, 5, 8, 16, 40, 300][Int(pattern & 7)]
    }

    /// The next piece's length, from 1 to what is left.
    mutating func next(of left: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return min(left, 1 + Int(state % longest))
    }

    /// The input without its first byte, which becomes the pattern.
    static func split(_ input: ByteView) -> (cuts: Cuts, rest: ByteView)? {
        guard input.count > 0 else { return nil }
        return (Cuts(input[0]), input.dropFirst(1))
    }
}

/// A copy of exactly these bytes, so that the sanitizer sees a read past their end.
func withExactCopy<Result>(_ bytes: ByteView, _ body: (ByteView) -> Result) -> Result {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    copy.copyMemory(from: bytes.rawBuffer)
    defer { copy.deallocate() }
    return body(ByteView(UnsafeRawBufferPointer(copy)))
}

/// The lengths of the prefixes to try: all of a short input, and of a long one those where something is likely to end.
func prefixLengths(of bytes: ByteView) -> [Int] {
    guard bytes.count > 96 else { return Array(0..<bytes.count) }
    var lengths = Array(0..<24)
    var last = 24
    for length in 24..<bytes.count {
        let byte = bytes[length - 1]
        let ends = byte < 0x21 || byte == 0x3A || byte == 0x2C
        if lengths.count < 96, ends && length - last > 1 || length - last >= bytes.count / 48 {
            lengths.append(length)
            last = length
        }
    }
    return lengths + [bytes.count - 1]
}
