#if !hasFeature(Embedded)
extension BlockingCalls {
    /// Gives the answer to an event.
    ///
    /// - Parameter stream: what there is of the response, if it is streamed.
    func answer(_ answer: Answer, to context: LambdaContext, over stream: ResponseStream?) throws(EndingError) {
        guard let stream else { return try self.answer(answer, to: context) }
        try finish(context) { _, completion in
            switch answer {
            case .output: stream.finish(nil, completion: completion)
            case .failure(let error): stream.finish(error, completion: completion)
            }
        }
    }

    /// Begins a response that is streamed.
    func openResponse(to context: LambdaContext, contentType: String) -> ResponseStream {
        ResponseStream(client, context, contentType: contentType)
    }

    /// Writes a piece of such a response, to its last byte.
    func write(_ bytes: [UInt8], _ kind: StreamPiece.Kind, to stream: ResponseStream) throws {
        // Nobody has looked since the last piece whether the service refuses the rest.
        try loop.runOnce(until: .now)
        var result: Result<Void, any Error>?
        stream.write(bytes, kind) { result = $0 }
        while result == nil || stream.isUnsent { try loop.runOnce() }
        try result?.get()
    }
}
#endif
