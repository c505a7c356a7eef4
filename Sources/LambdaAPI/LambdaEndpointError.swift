/// `AWS_LAMBDA_RUNTIME_API` is missing or wrong.
public struct LambdaEndpointError: Error, Sendable {
    /// The value of the variable; nil when it is not set.
    public let value: [UInt8]?
    /// The fault in words.
    public let fault: StaticString

    /// EX_CONFIG of sysexits(3), for a process that ends because of it.
    public static var exitCode: Int32 { 78 }

    /// The values that the variable may have, in words.
    package static var allowed: StaticString { "host:port or http://host:port/path" }

    /// Appends the error in one line: `AWS_LAMBDA_RUNTIME_API "nowhere" has no port; it must be ...`.
    public func append(to line: inout Buffer) {
        line.append(ByteView(LambdaEndpoint.variable))
        line.append(" ")
        if let value {
            value.withByteView { line.appendJSONString($0) }
            line.append(" ")
        }
        line.append(ByteView(fault))
        line.append("; it must be ")
        line.append(ByteView(Self.allowed))
    }
}

extension LambdaEndpointError: CustomStringConvertible {
    /// The error in one line.
    public var description: String {
        var line = Buffer()
        append(to: &line)
        return line.readable.string
    }
}
