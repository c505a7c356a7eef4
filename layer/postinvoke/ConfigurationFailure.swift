import LambdaExtension

/// The end of an extension with a bad setting: a line on standard error, and `init/error` where Lambda can be reached.
struct ConfigurationFailure {
    private let error: SettingError
    private let endpoint: LambdaEndpoint?
    private let name: ByteView
    private let log: Log

    /// - Parameter endpoint: where it can be reported to Lambda; nil if not even that could be read.
    init(_ error: SettingError, endpoint: LambdaEndpoint?, name: ByteView, log: Log) {
        self.error = error
        self.endpoint = endpoint
        self.name = name
        self.log = log
    }

    /// Reports the error.
    ///
    /// - Returns: the exit code.
    func report() -> Int32 {
        log.write(.fatal, .badSetting) { error.append(to: &$0) }
        if let endpoint { try? tellLambda(endpoint) }
        return ExitCode.configuration
    }

    /// Registers, since only a registered extension is heard, and reports; a service that does not answer is not waited
    /// for, as the line on standard error is out.
    private func tellLambda(_ endpoint: LambdaEndpoint) throws(Errno) {
        let loop = try EventLoop()
        let client = ExtensionClient(loop: loop, endpoint: endpoint)
        defer { extendLifetime(client) }
        let limit = loop.makeTimer { [unowned(unsafe) loop] in loop.stop() }
        limit.arm(after: .seconds(2))
        client.register(name: name, for: .shutdown) { [error] result in
            guard case .success = result else { return loop.stop() }
            var message = Buffer()
            error.append(to: &message)
            client.initError(type: "Extension.ConfigInvalid", message: message.readable) { _ in loop.stop() }
        }
        try loop.run()
    }
}
