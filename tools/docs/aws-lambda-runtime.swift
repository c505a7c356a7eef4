// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// Stands in for swift-aws-lambda-runtime where documentation is type-checked: the declarations that README.md and the articles
// use, with that package's signatures and nothing in them. Built twice, as its versions 2 and 3, of which the latter has the
// upcoming feature NonisolatedNonsendingByDefault: its closures run on their caller's executor.

public struct LambdaContext: Sendable {
    public var requestID: String { "" }
    public var traceID: String { "" }
    public var tenantID: String? { nil }
    public func getRemainingTime() -> Duration { .zero }
}

public struct ByteBuffer: Sendable {
    public init(string: String) {}
}

public protocol StreamingLambdaHandler {
    mutating func handle(
        _ event: ByteBuffer, responseWriter: some LambdaResponseStreamWriter, context: LambdaContext
    ) async throws
}

#if hasFeature(NonisolatedNonsendingByDefault)
public protocol LambdaResponseStreamWriter {
    func write(_ buffer: ByteBuffer, hasCustomHeaders: Bool) async throws
    func finish() async throws
    func writeAndFinish(_ buffer: ByteBuffer) async throws
}
#else
public protocol LambdaResponseStreamWriter {
    func write(_ buffer: ByteBuffer, hasCustomHeaders: Bool) async throws
    func finish() async throws
    func writeAndFinish(_ buffer: ByteBuffer) async throws
}
#endif

extension LambdaResponseStreamWriter {
    public func write(_ buffer: ByteBuffer) async throws {}
}

public struct ClosureHandler: StreamingLambdaHandler, Sendable {
    public mutating func handle(
        _ event: ByteBuffer, responseWriter: some LambdaResponseStreamWriter, context: LambdaContext
    ) async throws {}
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

public final class LambdaRuntime<Handler: StreamingLambdaHandler>: Sendable {
    public init(handler: sending Handler) {}
    public func run() async throws {}
}

extension LambdaRuntime where Handler == ClosureHandler {
    public convenience init(
        body: @Sendable @escaping (ByteBuffer, any LambdaResponseStreamWriter, LambdaContext) async throws -> Void
    ) { self.init(handler: ClosureHandler()) }

    public convenience init<Event: Decodable, Output: Encodable>(
        body: sending @escaping (Event, LambdaContext) async throws -> Output
    ) { self.init(handler: ClosureHandler()) }

    public convenience init<Event: Decodable>(body: sending @escaping (Event, LambdaContext) async throws -> Void) {
        self.init(handler: ClosureHandler())
    }
}

/// Since its 2.6.
public final class LambdaManagedRuntime<Handler: StreamingLambdaHandler & Sendable>: Sendable {
    public init(handler: Handler) {}
    public func run() async throws {}
}

extension LambdaManagedRuntime where Handler == ClosureHandler {
    public convenience init(
        body: @Sendable @escaping (ByteBuffer, any LambdaResponseStreamWriter, LambdaContext) async throws -> Void
    ) { self.init(handler: ClosureHandler()) }

    public convenience init<Event: Decodable, Output: Encodable>(
        body: @Sendable @escaping (Event, LambdaContext) async throws -> Output
    ) { self.init(handler: ClosureHandler()) }

    public convenience init<Event: Decodable>(body: @Sendable @escaping (Event, LambdaContext) async throws -> Void) {
        self.init(handler: ClosureHandler())
    }
}
