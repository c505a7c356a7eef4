/// The Extensions API on an event loop ("Using the Lambda Extensions API to create extensions"): register, ask for
/// events, report what failed.
///
/// One connection, one call at a time, everything on the loop's thread; completions are never called inside the call
/// that they belong to. Nothing is repeated once it was sent, and nothing times out: asking for the next event may last
/// for hours, frozen. After registering, a cycle of event and Next allocates nothing.
public final class ExtensionClient {
    private let http: HTTPClient
    private var identifier = Buffer()
    /// The request for the next event, which is always the same once the extension is registered.
    private var nextRequest = Buffer()
    private var scratch = Buffer()
    private let inbox: Inbox
    private let receiveNext: HTTPClient.Completion

    /// A client of the service; nothing is sent yet.
    public init(loop: EventLoop, endpoint: LambdaEndpoint) {
        http = endpoint.makeClient(on: loop)
        let inbox = Inbox()
        self.inbox = inbox
        receiveNext = { result in inbox.deliver(Self.event(result)) }
        encodeNextRequest()
    }

    /// The one who waits for the next event: an object of its own, so that asking makes no new closure, and so that an
    /// answer that comes after the client was let go finds somebody.
    private final class Inbox {
        var completion: ((Result<ExtensionEventView, ExtensionError>) -> Void)?
        /// True once the event that is waited for has been asked for a second time.
        var hasAskedAgain = false

        func deliver(_ event: Result<ExtensionEventView, ExtensionError>) {
            guard let completion else { return }
            self.completion = nil
            if case .success = event { hasAskedAgain = false }
            completion(event)
        }
    }

    /// True while a call is under way.
    public var isBusy: Bool { http.isBusy }

    /// Registers the extension; only before the function's runtime has started.
    ///
    /// - Parameters:
    ///   - name: the executable's file name; the service refuses any other for an external extension.
    ///   - events: the events to be notified of.
    ///   - acceptsAccountID: asks for ``RegistrationView/accountID``.
    ///   - completion: called with what the service says of the function, whose texts are valid during the call only.
    public func register(
        name: ByteView, for events: SubscribedEvents, acceptsAccountID: Bool = false,
        completion: @escaping (Result<RegistrationView, ExtensionError>) -> Void
    ) {
        scratch.removeAll()
        events.append(to: &scratch)
        http.send(
            "POST", "/2020-01-01/extension/register", body: scratch.readable,
            fields: { head in
                head.appendField("Lambda-Extension-Name", name)
                if acceptsAccountID { head.appendField("Lambda-Extension-Accept-Feature", "accountId") }
                head.appendField("Content-Type", "application/json")
            },
            completion: { [self] result in completion(registration(result)) })
    }

    /// Asks for the next event; by asking, the extension says that it has finished with the last one.
    ///
    /// - Parameter completion: called with the event, whose texts are valid during the call only.
    public func next(_ completion: @escaping (Result<ExtensionEventView, ExtensionError>) -> Void) {
        precondition(inbox.completion == nil, "asked for the next event while asking")
        inbox.completion = completion
        http.send(encoded: nextRequest.readable, completion: receiveNext)
    }

    /// Returns true if ``next(_:)`` is to be called once more after it failed so: in a restored snapshot, whose
    /// connections may be gone.
    ///
    /// Only under SnapStart (`AWS_LAMBDA_INITIALIZATION_TYPE` is `snap-start`), when no byte of an answer had come, and
    /// once for each event. Anywhere else an event may be lost with the connection, and asking again would end an
    /// invocation that nobody has seen.
    package func asksAgain(after error: ExtensionError) -> Bool {
        guard error.call == .next, case .connection(.connectionLost) = error.fault, http.wasLostUnanswered,
            !inbox.hasAskedAgain, InitializationType.ofProcess == .snapStart
        else { return false }
        inbox.hasAskedAgain = true
        return true
    }

    /// Subscribes to the Telemetry API; after registering, and only during init. The listener must be open already.
    public func subscribe(
        to telemetry: TelemetrySubscription,
        completion: @escaping (Result<TelemetrySubscription.Outcome, ExtensionError>) -> Void
    ) {
        scratch.removeAll()
        telemetry.append(to: &scratch)
        http.send(
            "PUT", "/2022-07-01/telemetry", body: scratch.readable,
            fields: { head in
                appendIdentifier(to: &head)
                head.appendField("Content-Type", "application/json")
            },
            completion: { result in
                switch Self.check(result, of: .subscribe) {
                case .success(let response): completion(.success(response.status == 202 ? .notSupported : .subscribed))
                case .failure(let error): completion(.failure(error))
                }
            })
    }

    /// Reports that the extension cannot start; it is expected to exit then.
    ///
    /// - Parameters:
    ///   - type: the kind of error, `Extension.Something`.
    ///   - message: what went wrong, for a person.
    ///   - completion: called when the service has answered, or after a second.
    public func initError(
        type: StaticString, message: ByteView, completion: @escaping (Result<Void, ExtensionError>) -> Void
    ) {
        report(.initError, "/2020-01-01/extension/init/error", type, message, completion)
    }

    /// Reports that the extension is about to exit because of an error.
    ///
    /// - Parameters:
    ///   - type: the kind of error, `Extension.Something`.
    ///   - message: what went wrong, for a person.
    ///   - completion: called when the service has answered, or after a second.
    public func exitError(
        type: StaticString, message: ByteView, completion: @escaping (Result<Void, ExtensionError>) -> Void
    ) {
        report(.exitError, "/2020-01-01/extension/exit/error", type, message, completion)
    }

    private func report(
        _ call: ExtensionError.Call, _ target: ByteView, _ type: StaticString, _ message: ByteView,
        _ completion: @escaping (Result<Void, ExtensionError>) -> Void
    ) {
        scratch.removeAll()
        scratch.appendErrorReport(type: ByteView(type), message: message)
        http.send(
            "POST", target, body: scratch.readable, timeout: .seconds(1),
            fields: { head in
                appendIdentifier(to: &head)
                head.appendField("Lambda-Extension-Function-Error-Type", ByteView(type))
                head.appendField("Content-Type", "application/json")
            },
            completion: { result in
                switch Self.check(result, of: call) {
                case .success: completion(.success(()))
                case .failure(let error): completion(.failure(error))
                }
            })
    }

    private func encodeNextRequest() {
        nextRequest.removeAll()
        http.encode("GET", "/2020-01-01/extension/event/next", into: &nextRequest) { appendIdentifier(to: &$0) }
    }

    private func appendIdentifier(to head: inout Buffer) {
        head.appendField("Lambda-Extension-Identifier", identifier.readable)
    }

    private func registration(_ result: Result<HTTPResponse, HTTPClientError>) -> Result<
        RegistrationView, ExtensionError
    > {
        switch Self.check(result, of: .register) {
        case .failure(let error): return .failure(error)
        case .success(let response):
            guard let identifier = response.field("Lambda-Extension-Identifier"), !identifier.isEmpty else {
                return .failure(ExtensionError(call: .register, fault: .malformed("a Lambda-Extension-Identifier")))
            }
            self.identifier.removeAll()
            self.identifier.append(identifier)
            encodeNextRequest()
            return .success(RegistrationView(response.body))
        }
    }

    private static func event(_ result: Result<HTTPResponse, HTTPClientError>) -> Result<
        ExtensionEventView, ExtensionError
    > {
        switch check(result, of: .next) {
        case .failure(let error): return .failure(error)
        case .success(let response):
            do {
                return .success(
                    try ExtensionEventView.parse(response.body, id: response.field("Lambda-Extension-Event-Identifier"))
                )
            } catch {
                return .failure(ExtensionError(call: .next, fault: error))
            }
        }
    }

    private static func check(
        _ result: Result<HTTPResponse, HTTPClientError>, of call: ExtensionError.Call
    ) -> Result<HTTPResponse, ExtensionError> {
        switch result {
        case .failure(let error): return .failure(ExtensionError(call: call, fault: .connection(error)))
        case .success(let response):
            if let fault = APIFault(response) { return .failure(ExtensionError(call: call, fault: fault)) }
            return .success(response)
        }
    }
}
