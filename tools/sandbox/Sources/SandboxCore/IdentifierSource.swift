/// Random identifiers that follow from a seed, so that a simulated run can be repeated.
public struct IdentifierSource: Sendable {
    private var state: UInt64

    /// A source whose whole sequence follows from `seed`.
    public init(seed: UInt64) { state = seed }

    /// 64 bits of SplitMix64.
    public mutating func bits() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// `digits` lower-case hexadecimal digits, at most sixteen.
    public mutating func hexadecimal(digits: Int) -> String {
        let text = String(bits(), radix: 16)
        return String((String(repeating: "0", count: 16) + text).suffix(digits))
    }

    /// A version 4 UUID in lower case.
    public mutating func uuid() -> String {
        let variant = ["8", "9", "a", "b"][Int(bits() & 3)]
        return hexadecimal(digits: 8) + "-" + hexadecimal(digits: 4) + "-4" + hexadecimal(digits: 3) + "-" + variant
            + hexadecimal(digits: 3) + "-" + hexadecimal(digits: 12)
    }

    /// A trace header as X-Ray makes it, for a request that came at `seconds` of the Unix epoch.
    public mutating func traceHeader(seconds: Int64) -> String {
        let time = String((String(repeating: "0", count: 8) + String(seconds, radix: 16)).suffix(8))
        let root = hexadecimal(digits: 12) + hexadecimal(digits: 12)
        return "Root=1-\(time)-\(root);Parent=\(hexadecimal(digits: 16));Sampled=0"
    }

    /// Returns true if a text has the shape of a UUID: 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
    public static func isUUID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return false }
        for (index, byte) in bytes.enumerated() {
            switch (index, byte) {
            case (8, _), (13, _), (18, _), (23, _): guard byte == UInt8(ascii: "-") else { return false }
            case (_, 0x30...0x39), (_, 0x41...0x46), (_, 0x61...0x66): continue
            default: return false
            }
        }
        return true
    }
}
