/// A closure's report to the driver: sixteen bytes, written at once.
package struct ClosureRecord: Equatable, Sendable {
    package enum Kind: UInt16, Sendable {
        case begun = 1
        /// It came to its end, also by throwing.
        case ended
        /// It ends because it was cancelled.
        case cancelled
        /// A shutdown closure ran; of no invocation.
        case shutdown
    }

    /// The invocation's number.
    package var invocation: UInt32
    /// The closure's index in the invocation.
    package var closure: UInt16
    package var kind: Kind
    /// When, on the machine's monotonic clock.
    package var nanoseconds: Int64

    package init(invocation: UInt32, closure: UInt16, kind: Kind, nanoseconds: Int64 = 0) {
        self.invocation = invocation
        self.closure = closure
        self.kind = kind
        self.nanoseconds = nanoseconds
    }

    /// The bytes of a record; few enough that a pipe takes them whole or not at all (POSIX, `PIPE_BUF`).
    package static let size = 16

    /// The record, its numbers in little-endian order.
    package var bytes: InlineArray<16, UInt8> {
        var bytes = InlineArray<16, UInt8>(repeating: 0)
        var low = UInt64(invocation) | UInt64(closure) << 32 | UInt64(kind.rawValue) << 48
        var high = UInt64(bitPattern: nanoseconds)
        for index in 0..<8 {
            bytes[index] = UInt8(truncatingIfNeeded: low)
            bytes[index + 8] = UInt8(truncatingIfNeeded: high)
            low >>= 8
            high >>= 8
        }
        return bytes
    }

    /// Reads the first sixteen bytes; nil for what is no record.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.size else { return nil }
        let low = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        let high = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        guard let kind = Kind(rawValue: UInt16(truncatingIfNeeded: low >> 48)) else { return nil }
        self.init(
            invocation: UInt32(truncatingIfNeeded: low), closure: UInt16(truncatingIfNeeded: low >> 32), kind: kind,
            nanoseconds: Int64(bitPattern: high))
    }
}
