/// A setting that cannot be used: an environment variable that is missing, or has a value that it must not have. An object, so
/// that little is thrown.
public final class SettingError: Error {
    /// The variable.
    public let variable: StaticString
    /// Its value; nil when it is not set.
    public let value: [UInt8]?
    /// The fault in words, to be put behind the value.
    public let fault: StaticString
    /// The values that the variable may have, in words.
    public let allowed: StaticString

    /// EX_CONFIG of sysexits(3), for a process that ends because of it.
    public static var exitCode: Int32 { 78 }

    // Not inlined, so that it is not made anew at every place that throws one.
    /// An error of these parts.
    @inline(never)
    public init(variable: StaticString, value: ByteView?, fault: StaticString, allowed: StaticString) {
        self.variable = variable
        self.value = value?.array
        self.fault = fault
        self.allowed = allowed
    }

    /// The fault of a value that is not one of the whole numbers allowed.
    public static func faultOfNumber(_ text: ByteView) -> StaticString {
        let digits = !text.isEmpty && text[0] == UInt8(ascii: "-") ? text.dropFirst(1) : text
        var index = 0
        while index < digits.count, ASCII.isDigit(digits[index]) { index += 1 }
        return digits.isEmpty || index < digits.count ? "is no whole number" : "is out of range"
    }

    /// Appends the error in one line: `POSTINVOKE_ADDRESS "0.0.0.0:80" is no port on loopback; allowed: ...`.
    public func append(to line: inout Buffer) {
        line.append(ByteView(variable))
        line.append(" ")
        if let value {
            value.withByteView { line.appendJSONString($0) }
            line.append(" ")
        }
        line.append(ByteView(fault))
        line.append("; allowed: ")
        line.append(ByteView(allowed))
    }
}

extension SettingError: CustomStringConvertible {
    /// The error in one line.
    public var description: String {
        var line = Buffer()
        append(to: &line)
        return line.readable.string
    }
}
