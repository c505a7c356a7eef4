import LambdaExtension

/// Brings Lambda's events to the handler.
final class Extension {
    private let loop: EventLoop
    private let lambda: ExtensionClient
    private var handler = Handler()
    private var exitCode: Int32 = 0

    init(endpoint: LambdaEndpoint) throws(Errno) {
        loop = try EventLoop()
        lambda = ExtensionClient(loop: loop, endpoint: endpoint)
    }

    /// Lives until SHUTDOWN, or until Lambda's API fails.
    ///
    /// - Returns: the exit code.
    func run() throws(Errno) -> Int32 {
        lambda.register(name: program.name, for: [.invoke, .shutdown]) { [self] result in
            switch result {
            case .success: askForNext()
            case .failure(let error): fail(error)
            }
        }
        try loop.run()
        return exitCode
    }

    /// Asking says that the work for the last event is done: the environment may freeze from here on.
    private func askForNext() {
        lambda.next { [self] result in
            switch result {
            case .success(.invoke(let invocation)):
                program.log { handler.began(requestID: invocation.requestID, line: &$0) }
                askForNext()
            case .success(.shutdown):
                program.log { handler.ends(line: &$0) }
                loop.stop()
            case .success(.unknown): askForNext()
            case .failure(let error): fail(error)
            }
        }
    }

    private func fail(_ error: ExtensionError) {
        program.log { error.append(to: &$0) }
        exitCode = 1
        loop.stop()
    }
}
