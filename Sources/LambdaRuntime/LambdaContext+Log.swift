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
    static let group = ProcessEnvironment.value(of: "AWS_LAMBDA_LOG_GROUP_NAME")?.string
    static let stream = ProcessEnvironment.value(of: "AWS_LAMBDA_LOG_STREAM_NAME")?.string
}
