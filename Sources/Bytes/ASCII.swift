/// The few ASCII facts that wire formats ask for.
public enum ASCII {
    /// `\t`
    @inlinable public static var tab: UInt8 { 0x09 }
    /// `\n`
    @inlinable public static var lineFeed: UInt8 { 0x0A }
    /// `\r`
    @inlinable public static var carriageReturn: UInt8 { 0x0D }
    /// A space.
    @inlinable public static var space: UInt8 { 0x20 }
    /// `0`
    @inlinable public static var zero: UInt8 { 0x30 }

    /// Returns true if the byte is a space or a tab.
    @inlinable
    public static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    /// Returns true if the byte is a decimal digit.
    @inlinable
    public static func isDigit(_ byte: UInt8) -> Bool { byte &- zero < 10 }

    /// The byte with an upper-case letter made lower-case.
    @inlinable
    public static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    /// The value of a hexadecimal digit of either case, or nil.
    @inlinable
    public static func hexValue(_ byte: UInt8) -> UInt8? {
        if isDigit(byte) { return byte - zero }
        let letter = byte | 0x20
        return letter &- 0x61 < 6 ? letter - 0x61 + 10 : nil
    }
}
