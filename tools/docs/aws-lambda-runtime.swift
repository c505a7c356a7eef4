// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// Stands in for swift-aws-lambda-runtime where documentation is type-checked: the declarations that README.md uses, with
// that package's signatures and nothing in them.

public struct LambdaContext: Sendable {
    public let requestID: String
    public func getRemainingTime() -> Duration { .zero }
}

public final class LambdaRuntime {
    public init<Event: Decodable, Output: Encodable>(
        body: sending @escaping (Event, LambdaContext) async throws -> Output
    ) {}
    public func run() async throws {}
}

public protocol LambdaResponseWriter<Output> {
    associatedtype Output
    func write(_ output: Output) async throws
}

public protocol LambdaWithBackgroundProcessingHandler {
    associatedtype Event
    associatedtype Output
    func handle(
        _ event: Event, outputWriter: some LambdaResponseWriter<Output>, context: LambdaContext
    ) async throws
}
