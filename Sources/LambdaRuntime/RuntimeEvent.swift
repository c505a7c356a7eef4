/// One invocation as the Runtime API hands it out: the caller's bytes and what belongs to them.
public struct RuntimeEvent: Sendable {
    /// Id, deadline and the rest.
    public let context: LambdaContext
    /// The caller's payload, usually JSON.
    public let payload: [UInt8]

    /// An event of these parts.
    public init(context: LambdaContext, payload: [UInt8]) {
        self.context = context
        self.payload = payload
    }
}
