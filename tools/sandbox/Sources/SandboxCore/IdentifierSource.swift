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
        let dash = UInt8(ascii: "-")
        return String(unsafeUninitializedCapacity: 36) { room in
            Self.write(high >> 32, 8, into: room, at: 0)
            Self.write(high >> 16, 4, into: room, at: 9)
            Self.write(high, 4, into: room, at: 14)
            Self.write(low >> 48, 4, into: room, at: 19)
            Self.write(low, 12, into: room, at: 24)
            (room[8], room[13], room[18], room[23]) = (dash, dash, dash, dash)
            return 36
        }
    }

    /// A trace header as X-Ray makes it, for a request that came at `seconds` of the Unix epoch.
    package mutating func traceHeader(seconds: Int64) -> String {
        let time = UInt64(bitPattern: seconds)
        let (high, low, parent) = (bits(), bits(), bits())
        let shape: StaticString = "Root=1-........-........................;Parent=................;Sampled=0"
        return String(unsafeUninitializedCapacity: shape.utf8CodeUnitCount) { room in
            room.baseAddress!.initialize(from: shape.utf8Start, count: shape.utf8CodeUnitCount)
            Self.write(time, 8, into: room, at: 7)
            Self.write(high, 12, into: room, at: 16)
            Self.write(low, 12, into: room, at: 28)
            Self.write(parent, 16, into: room, at: 48)
            return shape.utf8CodeUnitCount
        }
    }

    /// The last digits of a number.
    private static func hexadecimal(_ bits: UInt64, _ digits: Int) -> String {
        String(unsafeUninitializedCapacity: digits) { room in
            write(bits, digits, into: room, at: 0)
            return digits
        }
    }

    /// Writes the last digits of a number to a place.
    private static func write(
        _ bits: UInt64, _ digits: Int, into room: UnsafeMutableBufferPointer<UInt8>, at place: Int
    ) {
        var rest = bits
        var index = place &+ digits
        while index > place {
            index &-= 1
            let value = UInt8(truncatingIfNeeded: rest & 0xF)
            room[index] = value &+ (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") &- 10)
            rest >>= 4
        }
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
