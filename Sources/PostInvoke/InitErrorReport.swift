import LambdaAPI

/// The report to Lambda that a function cannot start ("Using the Lambda runtime API", initialization error).
struct InitErrorReport {
    /// The kind of error.
    let type: String
    /// The description of the error, for a person.
    let message: String

    /// The report of an error, with the name of its type.
    init(of error: PostInvokeError) {
        type = "PostInvokeError"
        message = error.description
    }

    /// Sends the report and blocks the thread until it was answered, in whatever way, or `timeout` has passed. The process is
    /// about to end, and its log has the reason: what fails here is worth no further entry.
    ///
    /// - Parameter api: the value of `AWS_LAMBDA_RUNTIME_API`; without a usable one there is nobody to report to.
    func send(to api: String?, timeout: Duration) {
        guard
            let endpoint = try? api?.withByteView({ (text) throws(SettingError) in
                try LambdaEndpoint(parsing: text)
            }),
            let loop = try? EventLoop()
        else { return }
        let client = endpoint.makeClient(on: loop)
        var body = Buffer()
        type.withByteView { type in
            message.withByteView { body.appendErrorReport(type: type, message: $0) }
        }
        client.send(
            "POST", "/2018-06-01/runtime/init/error", body: body.readable, timeout: timeout,
            fields: { head in
                head.appendField("Content-Type", "application/json")
                type.withByteView { head.appendField("Lambda-Runtime-Function-Error-Type", $0) }
            },
            completion: { _ in loop.stop() })
        try? loop.run()
        // Also so that the client lives until here: letting go of it closes it, before anything was sent.
        client.close()
    }
}
