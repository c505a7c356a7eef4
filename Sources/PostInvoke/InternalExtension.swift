#if !hasFeature(Embedded)
import CLinux
import Hold
import LambdaExtension

/// An extension inside the function's process: a ``HoldDriver`` as in the layer, with a queue in place of the local protocol. Lives
/// on its loop's thread alone.
///
/// Lambda notifies an internal extension of invocations, never of the shutdown ("Using the Lambda Extensions API to
/// create extensions", Registering for events): the process learns of that by SIGTERM.
final class InternalExtension: HoldDriver {
    let loop: EventLoop
    let client: ExtensionClient
    var policy: HoldPolicy
    private(set) var timer: EventLoop.Timer?

    init(loop: EventLoop, endpoint: LambdaEndpoint, settings: HoldPolicy.Settings) {
        self.loop = loop
        client = ExtensionClient(loop: loop, endpoint: endpoint)
        policy = HoldPolicy(settings)
        timer = loop.makeTimer { [unowned self] in take(.timer) }
    }

    /// Registers and asks for the first event, which ends this extension's part of the init phase.
    func register(_ completion: @escaping (Result<Void, ExtensionError>) -> Void) {
        client.register(name: "postinvoke-internal", for: .invoke) { [self] result in
            switch result {
            case .success:
                // The session is the process itself: it is open from the start, and the two end together.
                take(.checkIn(opensSession: true))
                askNext()
                completion(.success(()))
            case .failure(let error):
                end()
                completion(.failure(error))
            }
        }
    }

    /// Everything that the invocation has to do is done.
    func finish(_ requestID: String) {
        let id = requestID.withByteView { RequestID($0.rawBuffer) }
        if let id { take(.done(id, from: .session)) }
    }

    func take(_ input: HoldPolicy.Input) { carryOut(decide(input)) }

    func askNext() { client.next { [self] in receive($0) } }

    func end() {
        timer?.cancel()
        loop.stop()
    }

    /// Without a Next no invocation ends before its timeout, so a service that refuses ours ends the process, and Lambda
    /// starts it anew. One that cannot be reached any more is as lost to the runtime, which ends the process itself.
    func fail(_ error: ExtensionError) {
        guard case .connection = error.fault else {
            log(.fatal, "\(error); no invocation could end any more, so the process does")
            return error.description.withByteView { message in
                client.exitError(type: "Extension.APIFailure", message: message) { _ in exit(1) }
            }
        }
        log(.error, "\(error); invocations are not held open any more")
        end()
    }
}
#endif
