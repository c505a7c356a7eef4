/// One event on its way to the function.
package struct Invocation: Sendable {
    /// The request id, a UUID.
    package var id: String
    /// The event, as the caller sent it.
    package var payload: [UInt8]
    /// The X-Ray trace header; empty for none.
    package var traceID: String
    /// The caller's client context as JSON; empty for none.
    package var clientContext: String
    /// The caller's tenant; empty for none.
    package var tenantID: String
    /// The version or alias that the caller asked for; empty for none.
    package var qualifier: String
    /// The name that the caller called the function by; nil for its own.
    package var functionName: String?
    /// True if nobody waits for the answer: the event may then wait for a worker itself.
    package var isAsynchronous: Bool
    /// Of an event, the attempt that it is, from 1.
    package var attempt = 1

    package init(
        id: String, payload: [UInt8] = [], traceID: String = "", clientContext: String = "", tenantID: String = "",
        qualifier: String = "", isAsynchronous: Bool = false
    ) {
        self.id = id
        self.payload = payload
        self.traceID = traceID
        self.clientContext = clientContext
        self.tenantID = tenantID
        self.qualifier = qualifier
        self.isAsynchronous = isAsynchronous
    }
}

/// The result for the caller.
package enum Outcome: Equatable, Sendable {
    /// The function's response.
    case success(body: [UInt8], contentType: String)
    /// The function reported an error; the body is its own.
    case functionError(type: String, body: [UInt8])
    /// The function did not come to an answer; the service speaks for it.
    case failure(Failure)

    /// The error type for reports, nil after a success.
    package var errorType: String? {
        switch self {
        case .success: nil
        case .functionError(let type, _): type
        case .failure(let failure): failure.type
        }
    }
}

/// Why an invocation or an initialization failed.
package struct Failure: Equatable, Sendable {
    /// For example `Runtime.ExitError`.
    package var type: String
    /// The failure in words, without the request id.
    package var message: String
    /// The body the function itself gave for it, as an initialization error has one.
    package var body: [UInt8]?
    /// True if it was the restore of a snapshot that failed: the caller's request is then refused.
    package var isOfRestore = false

    /// True if the time ran out.
    package var isTimeout: Bool { type == Self.timeoutType || type == Self.restoreTimeoutType }

    package static let timeoutType = "Sandbox.Timedout"

    /// The type of a restore whose hooks took too long, as the service's part in the environment names it.
    static let restoreTimeoutType = "Runtime.RestoreHookUserTimeout"

    static func timeout(after limit: Duration) -> Failure {
        Failure(type: timeoutType, message: "Task timed out after \(inSeconds(limit)) seconds")
    }

    static func restoreTimeout(after limit: Duration) -> Failure {
        Failure(
            type: restoreTimeoutType, message: "The hooks after the restore took more than \(inSeconds(limit)) seconds")
    }

    /// With two decimals.
    private static func inSeconds(_ limit: Duration) -> String {
        let hundredths = (limit.nanoseconds + 5_000_000) / 10_000_000
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }

    /// The type of a fatal error as the service tells it: one that is not `Runtime.` or `Function.` with a word of letters behind it,
    /// the first a capital, is unknown (AWS's runtime interface emulator 1.30).
    static func fatalType(_ type: String) -> String {
        let place = type.hasPrefix("Function.") ? "Function." : "Runtime."
        let word = type.utf8.dropFirst(place.utf8.count)
        func isCapital(_ byte: UInt8) -> Bool { byte >= 0x41 && byte <= 0x5A }
        let isKnown =
            type.hasPrefix(place) && word.count > 1 && isCapital(word.first!)
            && word.allSatisfy { isCapital($0 & ~0x20) }
        return isKnown ? type : place + "Unknown"
    }

    static func crash(ofFunction status: Termination) -> Failure {
        let message =
            status == .code(0)
            ? "Runtime exited without providing a reason" : "Runtime exited with error: \(status)"
        return Failure(type: "Runtime.ExitError", message: message)
    }

    static func crash(ofExtension status: Termination) -> Failure {
        Failure(type: "Extension.Crash", message: "\(status)")
    }

    /// True if the environment was shut down before the invocation had an end.
    package var isInterruption: Bool { self == .interrupted || self == .environmentShutDown }

    /// True if the caller's request itself is refused, with status 400: the function was not, or is no longer, there
    /// for it.
    package var isRefusal: Bool { type == Self.unavailable.type || type.hasPrefix("Client.") }

    package static let interrupted = Failure(type: "Sandbox.Failure", message: "The sandbox was shut down")
    /// The same on Managed Instances.
    static let environmentShutDown = Failure(
        type: "Client.ExecutionEnvironmentShutDown", message: "The execution environment was shut down")
    /// On Managed Instances: every worker is busy, or there is none.
    package static let unavailable = Failure(type: "Runtime.Unavailable", message: "No worker of the function is idle")
    /// As many environments are at work as may be ("Invoke", AWS Lambda API Reference: `TooManyRequestsException`).
    package static let throttled = Failure(type: "TooManyRequestsException", message: "Rate Exceeded.")
    /// The connection ended in the middle of a streamed response, and the function goes on (AWS's runtime interface emulator).
    static let truncatedResponse = Failure(
        type: "Runtime.TruncatedResponse", message: "The response ended before it was complete")
    /// A request id is taken as long as its caller has no answer.
    package static let duplicate = Failure(
        type: "Client.DuplicatedInvokeId", message: "An invocation with this request id is under way")
}
