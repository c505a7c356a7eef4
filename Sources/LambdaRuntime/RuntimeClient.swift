import LambdaAPI

/// The Runtime API on an event loop: ask for an event, answer it, report what failed.
///
/// One connection, one call at a time, everything on the loop's thread. No call is ever repeated: an event that was
/// taken and lost is Lambda's to give again. Asking for the next event has no timeout, since the environment may be
/// frozen for hours meanwhile ("Using the Lambda runtime API").
public final class RuntimeClient {
    let http: HTTPClient
    var target = Buffer(capacity: 128)
    private var report = Buffer()

    /// A client of the service; nothing is sent yet.
    public init(loop: EventLoop, endpoint: LambdaEndpoint) { http = endpoint.makeClient(on: loop) }

    /// Waits for an event without a limit in time.
    public func next(_ completion: @escaping (Result<RuntimeEvent, RuntimeError>) -> Void) {
        http.send("GET", "/2018-06-01/runtime/invocation/next") { result in
            completion(Self.check(result, of: .next).flatMap(RuntimeEvent.parse))
        }
    }

    /// Answers an invocation. Success means that the service has the whole response.
    public func response(
        to context: LambdaContext, body: ByteView, completion: @escaping (Result<Void, RuntimeError>) -> Void
    ) {
        setTarget(context, "/response")
        http.send(
            "POST", target.readable, body: body, fields: { $0.appendInvocationID(of: context) },
            completion: { result in completion(Self.check(result, of: .response).map { _ in }) })
    }

    /// Reports that the handler failed.
    public func error(
        _ error: FunctionError, of context: LambdaContext,
        completion: @escaping (Result<Void, RuntimeError>) -> Void
    ) {
        setTarget(context, "/error")
        post(error, as: .error, of: context, completion)
    }

    /// Reports that the function cannot start. Only before the first ``next(_:)``; the process is expected to exit.
    ///
    /// - Parameter completion: called when the service has answered, or after a second.
    public func initError(_ error: FunctionError, completion: @escaping (Result<Void, RuntimeError>) -> Void) {
        target.removeAll()
        target.append("/2018-06-01/runtime/init/error")
        post(error, as: .initError, of: nil, timeout: .seconds(1), completion)
    }

    /// Says that the function may be put into a snapshot, and waits for its restore, without a limit in time.
    ///
    /// Success means that this process is a copy restored from the snapshot. All copies shared the connection, so later
    /// calls go over a fresh one. If the connection is gone after the restore, the call is made once more; a service
    /// that then refuses it as out of turn (403) has restored the process already.
    public func restoreNext(_ completion: @escaping (Result<Void, RuntimeError>) -> Void) {
        askForRestore { [self] result in
            guard case .failure(.connectionLost) = result else {
                return completion(Self.check(result, of: .restoreNext).map { _ in })
            }
            askForRestore { result in
                let answer = Self.check(result, of: .restoreNext).map { _ in }
                if case .failure(let error) = answer, case .refused(403, _, _) = error.fault {
                    return completion(.success(()))
                }
                completion(answer)
            }
        }
    }

    private func askForRestore(_ completion: @escaping (Result<HTTPResponse, HTTPClientError>) -> Void) {
        http.send("GET", "/2018-06-01/runtime/restore/next") { [http] result in
            completion(result)
            http.dropConnection()
        }
    }

    /// Reports that the function cannot go on after its restore; the process is expected to exit.
    ///
    /// - Parameter completion: called when the service has answered, or after a second.
    public func restoreError(_ error: FunctionError, completion: @escaping (Result<Void, RuntimeError>) -> Void) {
        target.removeAll()
        target.append("/2018-06-01/runtime/restore/error")
        post(error, as: .restoreError, of: nil, timeout: .seconds(1), completion)
    }

    /// Closes the connection; calls under way fail.
    public func close() { http.close() }

    func setTarget(_ context: LambdaContext, _ verb: ByteView) {
        target.removeAll()
        target.append("/2018-06-01/runtime/invocation/")
        context.record.fields.withView(of: .requestID) { target.append($0) }
        target.append(verb)
    }

    private func post(
        _ error: FunctionError, as call: RuntimeError.Call, of context: LambdaContext?, timeout: Duration? = nil,
        _ completion: @escaping (Result<Void, RuntimeError>) -> Void
    ) {
        report.removeAll()
        error.append(to: &report)
        let type = error.headerValue
        http.send(
            "POST", target.readable, body: report.readable, timeout: timeout,
            fields: { head in
                if let context { head.appendInvocationID(of: context) }
                head.appendField("Content-Type", "application/json")
                type.withByteView { head.appendField("Lambda-Runtime-Function-Error-Type", $0) }
            },
            completion: { result in completion(Self.check(result, of: call).map { _ in }) })
    }

    static func check(
        _ result: Result<HTTPResponse, HTTPClientError>, of call: RuntimeError.Call
    ) -> Result<HTTPResponse, RuntimeError> {
        switch result {
        case .failure(let error): return .failure(RuntimeError(call: call, fault: .connection(error)))
        case .success(let response):
            if let fault = APIFault(response) { return .failure(RuntimeError(call: call, fault: fault)) }
            return .success(response)
        }
    }
}

extension Buffer {
    /// Appends the field that says which of an id's invocations is answered, where the service gave that: no retry has
    /// it.
    mutating func appendInvocationID(of context: LambdaContext) {
        context.record.fields.withView(of: .invocationID) { appendField("Lambda-Runtime-Invocation-Id", $0) }
    }
}

extension RuntimeEvent {
    /// Reads the answer to `next`. Only the id is indispensable, and it must be fit to stand in a path.
    static func parse(_ response: HTTPResponse) -> Result<RuntimeEvent, RuntimeError> {
        let fields = EventFields(of: response.fields)
        guard fields.withView(of: .requestID, isFitForPath) == true else {
            return .failure(RuntimeError(call: .next, fault: .malformed("a usable Lambda-Runtime-Aws-Request-Id")))
        }
        let context = LambdaContext(
            fields, deadline: .announced(response.field("Lambda-Runtime-Deadline-Ms")))
        return .success(RuntimeEvent(context: context, payload: response.body.array))
    }

    /// True for visible characters that end no part of a path.
    private static func isFitForPath(_ id: ByteView) -> Bool {
        for index in 0..<id.count {
            switch id[index] {
            case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "%"): return false
            case 0x21...0x7E: continue
            default: return false
            }
        }
        return true
    }
}
