/// A piece of a streamed response on its way to the event loop; the reply comes once the connection has room for more.
struct StreamPiece: Sendable {
    let requestID: String
    /// Counts for the first piece only, which opens the response.
    let contentType: String
    let bytes: [UInt8]
    let reply: CheckedContinuation<Void, any Error>
}
