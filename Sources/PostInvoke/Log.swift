import LambdaAPI

/// Writes an entry of the SDK's to the process's log.
func log(_ level: LogLevel, _ message: @autoclosure () -> String, requestID: String? = nil) {
    ProcessLog.write(level, logger: "postinvoke", requestID: requestID, message())
}
