#if !hasFeature(Embedded)
extension FunctionError {
    /// The error as Lambda will show it: the name of its Swift type and its description.
    public init(_ error: any Error) {
        if let error = error as? FunctionError {
            self = error
        } else {
            self.init(type: String(describing: Swift.type(of: error)), message: String(describing: error))
        }
    }
}

extension Answer {
    /// The answer to an invocation whose handler ended this way; a failure is logged, too.
    init(to context: LambdaContext, of outcome: Result<[UInt8], any Error>) {
        self.init(to: context, of: outcome.mapError { FunctionError($0) })
    }
}
#endif
