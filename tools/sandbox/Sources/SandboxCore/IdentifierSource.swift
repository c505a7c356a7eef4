import Randomness

/// Random identifiers that follow from a seed, so that a simulated run can be repeated.
package struct IdentifierSource: Sendable {
    private var random: SplitMix64

    /// A source whose whole sequence follows from `seed`.
    package init(seed: UInt64) { random = SplitMix64(seed: seed) }

    package mutating func bits() -> UInt64 { random.next() }

    /// `digits` lower-case hexadecimal digits, at most sixteen.
    package mutating func hexadecimal(digits: Int) -> String {
        let text = String(bits(), radix: 16)
        return String((String(repeating: "0", count: 16) + text).suffix(digits))
    }

    /// A version 4 UUID in lower case.
    package mutating func uuid() -> String {
        let variant = ["8", "9", "a", "b"][Int(bits() & 3)]
        return hexadecimal(digits: 8) + "-" + hexadecimal(digits: 4) + "-4" + hexadecimal(digits: 3) + "-" + variant
            + hexadecimal(digits: 3) + "-" + hexadecimal(digits: 12)
    }

    /// A trace header as X-Ray makes it, for a request that came at `seconds` of the Unix epoch.
    package mutating func traceHeader(seconds: Int64) -> String {
        let time = String((String(repeating: "0", count: 8) + String(seconds, radix: 16)).suffix(8))
        let root = hexadecimal(digits: 12) + hexadecimal(digits: 12)
        return "Root=1-\(time)-\(root);Parent=\(hexadecimal(digits: 16));Sampled=0"
    }

    /// Returns true if a text has the shape of a UUID: 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
    package static func isUUID(_ text: String) -> Bool {
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
