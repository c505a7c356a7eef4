#if !hasFeature(Embedded)
/// The same calls for tasks on the client's loop:
///
///     try loop.run {
///         let lambda = ExtensionClient(loop: loop, endpoint: try .fromEnvironment())
///         try await lambda.register(name: "my-extension", for: [.invoke, .shutdown])
///         for try await event in lambda.events { ... }
///     }
///
/// Cancelling a task does not end a call that it waits for: the service offers no way to withdraw one.
extension ExtensionClient {
    /// Registers the extension; see ``register(name:for:acceptsAccountID:completion:)``.
    ///
    /// - Throws: an ``ExtensionError`` when the service refuses, no answer comes, or the answer has no identifier.
    @discardableResult
    public nonisolated(nonsending) func register(
        name: ByteView, for events: SubscribedEvents, acceptsAccountID: Bool = false
    ) async throws(ExtensionError) -> Registration {
        try await outcome { completion in
            register(name: name, for: events, acceptsAccountID: acceptsAccountID) { result in
                completion(result.map(Registration.init))
            }
        }
    }

    /// Subscribes to the Telemetry API; see ``subscribe(to:completion:)``.
    ///
    /// - Throws: an ``ExtensionError`` when the service refuses or no answer comes. A service that has no Telemetry API
    ///   is ``TelemetrySubscription/Outcome/notSupported``.
    public nonisolated(nonsending) func subscribe(
        to telemetry: TelemetrySubscription
    ) async throws(ExtensionError) -> TelemetrySubscription.Outcome {
        try await outcome { subscribe(to: telemetry, completion: $0) }
    }

    /// Reports that the extension cannot start; see ``initError(type:message:completion:)``.
    ///
    /// - Throws: an ``ExtensionError`` when the service refuses or gives no answer within a second.
    public nonisolated(nonsending) func initError(type: StaticString, message: ByteView) async throws(ExtensionError) {
        try await outcome { initError(type: type, message: message, completion: $0) }
    }

    /// Reports that the extension is about to exit because of an error; see ``exitError(type:message:completion:)``.
    ///
    /// - Throws: an ``ExtensionError`` when the service refuses or gives no answer within a second.
    public nonisolated(nonsending) func exitError(type: StaticString, message: ByteView) async throws(ExtensionError) {
        try await outcome { exitError(type: type, message: message, completion: $0) }
    }

    /// The events there are, up to the environment's end.
    public var events: Events { Events(client: self) }

    /// The events of an extension, as a sequence that ends after ``ExtensionEvent/shutdown(_:)``.
    ///
    /// Going on to the next event asks the service for it, and so says that the extension has finished with the last
    /// one: an invocation cannot end before that, and the environment may freeze afterwards. For one loop at a time.
    public struct Events: AsyncSequence {
        let client: ExtensionClient

        /// Begins with the next event.
        public func makeAsyncIterator() -> Iterator { Iterator(client: client) }

        /// Asks for one event after another.
        public struct Iterator: AsyncIteratorProtocol {
            let client: ExtensionClient
            private var isOver = false

            init(client: ExtensionClient) { self.client = client }

            /// The next event; nil after the last.
            ///
            /// - Throws: an ``ExtensionError`` when the service refuses, no answer comes, or the answer is no event.
            public mutating func next() async throws -> ExtensionEvent? {
                try await next(isolation: nil)
            }

            /// The next event; nil after the last.
            ///
            /// - Throws: an ``ExtensionError`` when the service refuses, no answer comes, or the answer is no event.
            public mutating func next(
                isolation actor: isolated (any Actor)?
            ) async throws(ExtensionError) -> ExtensionEvent? {
                guard !isOver else { return nil }
                let event = try await client.nextEvent()
                if case .shutdown = event { isOver = true }
                return event
            }
        }
    }

    private nonisolated(nonsending) func nextEvent() async throws(ExtensionError) -> ExtensionEvent {
        try await outcome { completion in next { completion($0.map(ExtensionEvent.init)) } }
    }

    private nonisolated(nonsending) func outcome<Value: Sendable>(
        of call: (@escaping (Result<Value, ExtensionError>) -> Void) -> Void
    ) async throws(ExtensionError) -> Value {
        let result: Result<Value, ExtensionError> = await withUnsafeContinuation { continuation in
            call { continuation.resume(returning: $0) }
        }
        return try result.get()
    }
}
#endif
