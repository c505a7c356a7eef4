import Randomness

/// Random identifiers that follow from a seed, so that a simulated run can be repeated.
package struct IdentifierSource: Sendable {
    private var random: SplitMix64

    /// A source whose whole sequence follows from `seed`.
    package init(seed: UInt64) { random = SplitMix64(seed: seed) }

    package mutating func bits() -> UInt64 { random.next() }

    /// `digits` lower-case hexadecimal digits, at most sixteen.
    package mutating func hexadecimal(digits: Int) -> String { Self.hexadecimal(bits(), digits) }

    /// A version 4 UUID in lower case (RFC 9562, section 5.4).
    package mutating func uuid() -> String {
        let high = bits() & ~0xF000 | 0x4000
        let low = bits() & ~(3 << 62) | 1 << 63
        return String(unsafeUninitializedCapacity: 36) { room in
            var place = 0
            for digit in 0..<32 {
                switch digit {
                case 8, 12, 16, 20:
                    room[place] = UInt8(ascii: "-")
                    place += 1
                default: break
                }
                room[place] = Self.digit(digit < 16 ? high >> (60 - 4 * digit) : low >> (124 - 4 * digit))
                place += 1
            }
            return place
        }
    }

    /// A trace header as X-Ray makes it, for a request that came at `seconds` of the Unix epoch.
    package mutating func traceHeader(seconds: Int64) -> String {
        let time = Self.hexadecimal(UInt64(bitPattern: seconds), 8)
        let root = hexadecimal(digits: 12) + hexadecimal(digits: 12)
        return "Root=1-\(time)-\(root);Parent=\(hexadecimal(digits: 16));Sampled=0"
    }

    /// The last digits of a number.
    private static func hexadecimal(_ bits: UInt64, _ digits: Int) -> String {
        String(unsafeUninitializedCapacity: digits) { room in
            for place in 0..<digits { room[place] = digit(bits >> (4 * (digits - 1 - place))) }
            return digits
        }
    }

    /// The last digit of a number.
    private static func digit(_ bits: UInt64) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: bits & 0xF)
        return value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
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
