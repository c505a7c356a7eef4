#if !hasFeature(Embedded)
/// Takes the pieces of a streamed response, and passes them on to the Runtime API.
protocol ResponseSink: Sendable {
    /// Returns once the bytes are on their way, and there is space for more.
    ///
    /// - Throws: a ``RuntimeError``, or ``LambdaResponseWriter/Ended``.
    func write(_ bytes: [UInt8], _ kind: StreamPiece.Kind, of context: LambdaContext) async throws
}
#endif
