import HostProcess
import LambdaAPI
import LambdaRuntime
import ServiceFakes

/// A handler that runs against a fake Runtime API for the length of a test.
func withFunction(
    _ handler: LambdaHandler<[UInt8], [UInt8]>, _ test: (FakeRuntimeAPI) async throws -> Void
) async throws {
    try await withFunction(setup: { handler }, test)
}

func withFunction(
    concurrency: Concurrency = .onDemand, _ handler: @escaping LambdaHandler<[UInt8], [UInt8]>.Body,
    _ test: (FakeRuntimeAPI) async throws -> Void
) async throws {
    try await withFunction(setup: { LambdaHandler(handler) }, concurrency: concurrency, test)
}

/// - Parameter end: called with what ended the function.
func withFunction(
    setup: @escaping @Sendable () async throws -> LambdaHandler<[UInt8], [UInt8]>,
    ending end: @escaping @Sendable (any Error) -> Void = { _ in },
    concurrency: Concurrency = .onDemand, termination: Termination? = nil, at api: FakeRuntimeAPI? = nil,
    _ test: (FakeRuntimeAPI) async throws -> Void
) async throws {
    try await withFunction(
        serving: { service in try await LambdaRuntime.serve(service, setup: setup) }, ending: end,
        concurrency: concurrency, termination: termination, at: api, test)
}

/// - Parameters:
///   - life: the life of the function.
///   - end: called with what ended it.
///   - api: the Runtime API it runs against; nil for one of its own.
func withFunction(
    serving life: @escaping @Sendable (RuntimeService) async throws -> Void,
    ending end: @escaping @Sendable (any Error) -> Void = { _ in },
    concurrency: Concurrency = .onDemand, termination: Termination? = nil, at given: FakeRuntimeAPI? = nil,
    _ test: (FakeRuntimeAPI) async throws -> Void
) async throws {
    let started = given == nil ? try await FakeRuntimeAPI.start() : nil
    let api = given ?? started!
    let service = try await RuntimeService.start(
        LambdaEndpoint(parsing: api.service.address), concurrency, termination: termination)
    let function = Task {
        do { try await life(service) } catch { end(error) }
    }
    try await api.run(test)
    // A function ends when its service does.
    await function.value
    service.stop()
}

extension LambdaEndpoint {
    init(parsing text: String) throws {
        self = try text.withByteView { (bytes) throws(SettingError) in try LambdaEndpoint(parsing: bytes) }
    }
}
