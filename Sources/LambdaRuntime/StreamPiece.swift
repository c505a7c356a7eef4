#if !hasFeature(Embedded)
/// A piece of a streamed response on its way to the event loop; the reply comes once the connection has room for more.
struct StreamPiece: Sendable {
    /// The part of the response that the piece is of.
    enum Kind: Sendable {
        /// Status and headers, which only the first piece can be.
        case prelude
        /// The body; the content type counts for the first piece only, which opens the response.
        case body(contentType: String)

        /// The content type of a response that begins with such a piece.
        var contentType: String {
            switch self {
            case .prelude: HTTPPrelude.contentType
            case .body(let contentType): contentType
            }
        }
    }

    let context: LambdaContext
    let kind: Kind
    let bytes: [UInt8]
    let reply: CheckedContinuation<Void, any Error>
}
#endif
