/// Why Lambda's metadata cannot be had. No error holds the token.
public enum LambdaMetadataError: Error, Sendable {
    /// `AWS_LAMBDA_METADATA_API` or `AWS_LAMBDA_METADATA_TOKEN` is missing, as outside Lambda, or cannot be used.
    case setting(SettingError)
    /// The endpoint cannot be reached, refuses, or answers something else.
    case endpoint(APIFault)

    /// Appends the error in one line: `Lambda's metadata endpoint answered 401`.
    public func append(to line: inout Buffer) {
        switch self {
        case .setting(let error): error.append(to: &line)
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
