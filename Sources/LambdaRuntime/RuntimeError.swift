import LambdaAPI

/// A call of the Runtime API that failed.
public struct RuntimeError: Error, Sendable {
    /// The calls there are.
    public enum Call: String, Sendable {
        /// `GET /invocation/next`
        case next = "invocation/next"
        /// `POST /invocation/{id}/response`
        case response
        /// `POST /invocation/{id}/error`
        case error
        /// `POST /init/error`
        case initError = "init/error"
        /// `GET /restore/next`
        case restoreNext = "restore/next"
        /// `POST /restore/error`
        case restoreError = "restore/error"
    }

    /// The call that failed.
    public let call: Call
    /// The way in which it failed.
    public let fault: APIFault

    package init(call: Call, fault: APIFault) {
        self.call = call
        self.fault = fault
    }

    /// True if a refused response or error leaves the runtime free to go on with the next event.
    ///
    /// The service has then settled this invocation already: it is unknown (400), was answered before (403), timed out
    /// (410), or its response is too large (413), which is reported to the caller as `Function.ResponseSizeTooLarge`.
    public var concernsOneInvocation: Bool {
        guard call == .response || call == .error, case .refused(let status, _, _) = fault else { return false }
        return status == 400 || status == 403 || status == 410 || status == 413
    }
}

extension RuntimeError {
    /// True if nobody is there any more to ask: no connection can be made, and not because this process lacks
    /// something.
    var meansNoService: Bool {
        guard case .connection(.cannotConnect(let error)) = fault else { return false }
        switch error {
        case .tooManyFiles, .tooManyFilesInSystem, .noBufferSpace, .noMemory, .addressNotAvailable, .wouldBlock:
            return false
        default: return true
        }
    }
}

extension RuntimeError: CustomStringConvertible {
    /// The error in one line: `Runtime API response answered 410 InvokeTimeout: ...`.
    public var description: String { "Runtime API \(call.rawValue) \(fault)" }
}
