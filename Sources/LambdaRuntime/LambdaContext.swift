/// The facts that Lambda gives about one invocation, and a way to defer work until after its response.
public struct LambdaContext: Sendable {
    package let record: EventRecord
    /// The time at which Lambda will end the invocation.
    public let deadline: Deadline
    /// True if what is left for after the response runs then even where there is no Lambda.
    package var runsHooksAnywhere = false

    /// A context as the Runtime API would give it, to call a handler in a test.
    public init(
        requestID: String,
        deadline: Deadline = .distantFuture,
        invokedFunctionARN: String = "",
        traceID: String? = nil,
        tenantID: String? = nil,
        clientContext: String? = nil,
        cognitoIdentity: String? = nil
    ) {
        var fields = EventFields()
        fields.append(.requestID, requestID)
        fields.append(.invokedFunctionARN, invokedFunctionARN)
        fields.append(.traceID, traceID)
        fields.append(.tenantID, tenantID)
        fields.append(.clientContext, clientContext)
        fields.append(.cognitoIdentity, cognitoIdentity)
        self.init(fields, deadline: deadline)
    }

    init(_ fields: EventFields, deadline: Deadline) {
        record = EventRecord(fields)
        self.deadline = deadline
    }
}

// Strings are made anew at each call, of the one copy of what the service sent: most handlers ask for one or none.
extension LambdaContext {
    /// The invocation's id, as in the log's `START RequestId` line (`Lambda-Runtime-Aws-Request-Id`).
    public var requestID: String { record.fields[.requestID] ?? "" }

    /// The function's ARN with the version or alias that was invoked; empty where the service gave none.
    public var invokedFunctionARN: String { record.fields[.invokedFunctionARN] ?? "" }

    /// The X-Ray trace header, also in the environment as `_X_AMZN_TRACE_ID` while the handler runs, but not on Managed
    /// Instances.
    public var traceID: String? { record.fields[.traceID] }

    /// The tenant of a function with tenant isolation.
    public var tenantID: String? { record.fields[.tenantID] }

    /// The description that a mobile client gave of itself, as JSON.
    public var clientContext: String? { record.fields[.clientContext] }

    /// The Cognito identity of a mobile client, as JSON.
    public var cognitoIdentity: String? { record.fields[.cognitoIdentity] }

    /// The time left until the deadline, never negative; read from the wall clock at each call.
    public var remainingTime: Duration { deadline.remaining }
}
