/// An invocation under way.
struct RunningInvocation: Sendable {
    let invocation: Invocation
    let received: Moment
    let started: Moment
    let deadline: Moment
    var initDuration: Duration?
    var restoreDuration: Duration?
    var wasReinitialized = false
    /// The id under which the event last went to the function; nil until it has.
    var invocationID: String?
    var stream = ResponseStream.none
    /// The moment at which the caller got its answer; nil until then.
    var responded: Moment?
    var responseErrorType: String?
    var functionDone: Moment?
    var extensionsDone: Moment?

    /// The longest time that it may take.
    var limit: Duration { deadline - started }

    /// Returns the report on the invocation, which ends now.
    func report(at now: Moment, _ failure: Failure?) -> InvocationReport {
        InvocationReport(
            id: invocation.id, received: received, started: started, ended: now, responded: responded,
            functionDone: functionDone, extensionsDone: extensionsDone, initDuration: initDuration,
            restoreDuration: restoreDuration, wasReinitialized: wasReinitialized, responseErrorType: responseErrorType,
            failure: failure)
    }
}

/// The state of a response that comes as it is made.
enum ResponseStream: Equatable, Sendable {
    /// None has begun.
    case none
    /// It comes over this call.
    case open(Call)
    /// Its connection has ended. Why shows when the function ends or asks for the next event.
    case broken

    /// Returns true if a response may come over a call.
    func admits(_ call: Call) -> Bool { self == .none || self == .open(call) }
}

/// Request ids of invocations that timed out while their function went on, the newest thousand, as many as the service
/// remembers.
struct ExpiredRequests: Sendable {
    private static let limit = 1000
    private var ids: [String] = []

    /// Remembers one.
    mutating func add(_ id: String) {
        ids.removeAll { $0 == id }
        if ids.count == Self.limit { ids.removeFirst() }
        ids.append(id)
    }

    /// Forgets one; false when it was not known.
    mutating func take(_ id: String) -> Bool {
        guard let index = ids.firstIndex(of: id) else { return false }
        ids.remove(at: index)
        return true
    }
}
