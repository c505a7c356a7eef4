import LambdaAPI

/// The end of an invocation.
enum Answer: Sendable {
    /// The output; of one that was streamed there is nothing left here.
    case output([UInt8])
    case failure(FunctionError)

    /// The answer to an invocation whose handler ended this way; a failure is logged, too.
    init(to context: LambdaContext, of outcome: Result<[UInt8], FunctionError>) {
        switch outcome {
        case .success(let output): self = .output(output)
        case .failure(let error):
            log(.error, "the handler failed: \(error)", context)
            self = .failure(error)
        }
    }
}
