/// Why Lambda's metadata cannot be had. No error holds the token.
public enum LambdaMetadataError: Error, Sendable {
    /// A variable of the environment is missing, as it is outside Lambda.
    case notSet(StaticString)
    /// `AWS_LAMBDA_METADATA_API` holds no `host:port`.
    case badAddress([UInt8], fault: StaticString)
    /// `AWS_LAMBDA_METADATA_TOKEN` cannot stand in a header field.
    case badToken
    /// The endpoint cannot be reached, refuses, or answers something else.
    case endpoint(APIFault)

    /// Appends the error in one line: `Lambda's metadata endpoint answered 401`.
    public func append(to line: inout Buffer) {
        switch self {
        case .notSet(let variable):
            line.append(ByteView(variable))
            line.append(" is not set")
        case .badAddress(let value, let fault):
            line.append(ByteView(LambdaMetadataEndpoint.addressVariable))
            line.append(" ")
            value.withByteView { line.appendJSONString($0) }
            line.append(" ")
            line.append(ByteView(fault))
            line.append("; allowed: host:port")
        case .badToken:
            line.append(ByteView(LambdaMetadataEndpoint.tokenVariable))
            line.append(" has a control character")
        case .endpoint(let fault):
            line.append("Lambda's metadata endpoint ")
            fault.append(to: &line)
        }
    }
}

extension LambdaMetadataError: CustomStringConvertible {
    /// The error in one line.
    public var description: String {
        var line = Buffer()
        append(to: &line)
        return line.readable.string
    }
}
