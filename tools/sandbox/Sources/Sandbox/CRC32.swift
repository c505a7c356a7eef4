import Reactor

/// The checksum of RFC 1952, section 8.
package enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { rest, _ in rest & 1 == 1 ? 0xEDB8_8320 ^ rest >> 1 : rest >> 1 }
    }

    package static func checksum(of bytes: ByteView) -> UInt32 {
        table.withUnsafeBufferPointer { table in
            ~bytes.rawBuffer.reduce(~0) { sum, byte in table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ sum >> 8 }
        }
    }
}
