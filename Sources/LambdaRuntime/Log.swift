import LambdaAPI

/// Writes an entry of the runtime's to the process's log.
func log(_ level: LogLevel, _ message: @autoclosure () -> String, _ context: LambdaContext? = nil) {
    ProcessLog.write(level, logger: "lambda-runtime", requestID: context?.requestID, message())
}
