/// Which bytes may stand where, written down a second time in the plainest way, to judge the scans by.
enum ByteClass {
    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    static func isToken(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte) }

    static func isTarget(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }

    static func isValue(_ byte: UInt8) -> Bool { byte == 0x09 || byte >= 0x20 && byte != 0x7F }

    static func isHost(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || "-._~%!$&'()*+,;=:[]".utf8.contains(byte) }
}
