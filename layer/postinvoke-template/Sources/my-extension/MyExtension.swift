import LambdaExtension

/// Counts invocations; where your own work goes is marked.
final class MyExtension {
    private let loop: EventLoop
    private let lambda: ExtensionClient
    private var invocations = 0
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
                began(invocation)
                askForNext()
            case .success(.shutdown):
                // Your last work goes here; Lambda waits two seconds.
                loop.stop()
            case .success(.unknown): askForNext()
            case .failure(let error): fail(error)
            }
        }
    }

    /// Your work for an invocation goes here. Its texts are valid until this returns.
    private func began(_ invocation: InvokeEvent) {
        invocations += 1
        program.log { line in
            line.append("invocation ")
            line.append(decimal: UInt64(invocations))
            line.append(", request ")
            invocation.requestID.append(to: &line)
        }
    }

    private func fail(_ error: ExtensionError) {
        program.log { error.append(to: &$0) }
        exitCode = 1
        loop.stop()
    }
}
