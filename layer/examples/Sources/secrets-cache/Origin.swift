import LambdaExtension

/// Fetches secrets, each at most once at a time: whoever asks meanwhile waits for the same answer.
final class Origin {
    /// The outcome of a fetch; the response is valid during the call only.
    typealias Completion = (Result<HTTPResponse, HTTPClientError>) -> Void

    /// More than any secret has, whatever the memory for all of them is.
    private static var responseLimit: Int { 1 << 20 }
    private let timeout: Duration
    /// A few, since each has one connection and sends one request after another.
    private var clients: [HTTPClient] = []
    private var pending: [[UInt8]: [Completion]] = [:]

    init(settings: Settings, loop: EventLoop) {
        timeout = .milliseconds(settings.timeoutMilliseconds)
        for _ in 0..<4 {
            clients.append(
                settings.originHost.withByteView {
                    HTTPClient(
                        loop: loop, address: settings.origin, host: $0, responseLimit: Self.responseLimit)
                })
        }
    }

    /// True while a secret is being fetched.
    func isFetching(_ name: [UInt8]) -> Bool { pending[name] != nil }

    /// Fetches a secret, or waits with those who asked for it before.
    func fetch(_ name: [UInt8], _ completion: @escaping Completion) {
        pending[name, default: []].append(completion)
        guard pending[name]?.count == 1 else { return }
        let client = clients.first { !$0.isBusy } ?? clients[0]
        name.withByteView { target in
            client.send("GET", target, timeout: timeout) { [unowned(unsafe) self] result in
                for waiting in pending.removeValue(forKey: name) ?? [] { waiting(result) }
            }
        }
        // The next one without an idle client waits behind another than this one did.
        clients.append(clients.removeFirst())
    }
}
