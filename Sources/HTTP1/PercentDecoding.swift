import Bytes

extension ByteView {
    /// The bytes with each `%` and two hexadecimal digits taken for the byte they name (RFC 3986, section 2.1); nil when a `%` has
    /// no two digits behind it. A `+` stays one: it is a blank only in forms.
    public var percentDecoded: [UInt8]? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(count)
        var index = 0
        while index < count {
            guard self[index] == 0x25 else {
                decoded.append(self[index])
                index += 1
                continue
            }
            guard index + 2 < count, let high = ASCII.hexValue(self[index + 1]),
                let low = ASCII.hexValue(self[index + 2])
            else { return nil }
            decoded.append(high << 4 | low)
            index += 3
        }
        return decoded
    }
}
