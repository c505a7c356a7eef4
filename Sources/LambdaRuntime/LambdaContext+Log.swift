import LambdaAPI

extension LambdaContext {
    /// The log group that the function's lines go to (`AWS_LAMBDA_LOG_GROUP_NAME`); nil where Lambda does not say, as under
    /// SnapStart.
    public var logGroupName: String? { LogNames.group }

    /// The log stream of this execution environment (`AWS_LAMBDA_LOG_STREAM_NAME`); nil where Lambda does not say, as under
    /// SnapStart.
    public var logStreamName: String? { LogNames.stream }
}

/// Read once, when they are first asked for: they are the environment's, not an event's.
private enum LogNames {
    static let group = value(of: "AWS_LAMBDA_LOG_GROUP_NAME")
    static let stream = value(of: "AWS_LAMBDA_LOG_STREAM_NAME")

    private static func value(of name: StaticString) -> String? {
        guard let value = ProcessEnvironment.value(of: name), !value.isEmpty else { return nil }
        return value.string
    }
}
