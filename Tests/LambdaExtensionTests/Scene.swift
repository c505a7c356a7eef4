import LambdaExtension
import Testing

/// A client, and a service that answers every request the same way.
struct Scene {
    let loop: EventLoop
    let service: ExtensionsAPI
    let client: ExtensionClient

    init(_ answer: @escaping (ExtensionsAPI.Request) -> ExtensionsAPI.Answer) throws {
        loop = try EventLoop()
        service = try ExtensionsAPI(on: loop, answer)
        client = ExtensionClient(loop: loop, endpoint: service.endpoint)
    }

    /// Makes a call and waits for its outcome in words.
    func outcome<Value>(
        of call: (@escaping (Result<Value, ExtensionError>) -> Void) -> Void, _ words: @escaping (Value) -> String
    ) throws -> String {
        var outcome: String?
        call { result in
            #expect(outcome == nil, "completed twice")
            switch result {
            case .success(let value): outcome = words(value)
            case .failure(let error): outcome = error.description
            }
        }
        #expect(outcome == nil, "completed inside the call")
        #expect(client.isBusy)
        try loop.runRounds { outcome != nil }
        #expect(!client.isBusy)
        return outcome ?? ""
    }

    func register(_ events: SubscribedEvents = [.invoke, .shutdown], acceptsAccountID: Bool = false) throws
        -> String
    {
        try outcome(of: {
            client.register(name: "postinvoke", for: events, acceptsAccountID: acceptsAccountID, completion: $0)
        }) { registration in
            [registration.functionName, registration.functionVersion, registration.handler, registration.accountID]
                .map { $0?.string ?? "-" }.joined(separator: " ")
        }
    }

    func next() throws -> String {
        try outcome(of: { client.next($0) }) { event in
            switch event {
            case .invoke(let event): "INVOKE \(event.requestID.string) \(event.tracingValue?.raw.count ?? 0)"
            case .shutdown(let event): "SHUTDOWN \(event.deadline) \(event.reason?.string ?? "")"
            case .unknown(let kind): "unknown \(kind.string)"
            }
        }
    }

    func initError(_ message: ByteView) throws -> String {
        try outcome(of: { client.initError(type: "Extension.Bad", message: message, completion: $0) }) {
            "accepted"
        }
    }

    func exitError(_ message: ByteView) throws -> String {
        try outcome(of: { client.exitError(type: "Extension.Bad", message: message, completion: $0) }) {
            "accepted"
        }
    }
}
