import ReactorHTTP

/// The answer to a request that invokes with a response stream: events ("InvokeWithResponseStream", AWS Lambda API Reference).
final class InvokeStream: ResponseReader {
    private let id: String
    private let responder: HTTPResponder
    /// Nil until the answer has begun.
    private var body: AnswerBody?

    init(id: String, _ responder: HTTPResponder) {
        self.id = id
        self.responder = responder
    }

    /// True if the answer has begun, with status 200.
    var hasBegun: Bool { body != nil }

    func begin(contentType: String, from source: IncomingResponse) { body = open(source) }

    func take(_ piece: ByteView) {
        body?.write {
            EventStream.append(event: "PayloadChunk", contentType: "application/octet-stream", piece, to: &$0)
        }
    }

    /// Ends the answer.
    ///
    /// An error that the function reports in the midst of its stream is told by its type; of others the Invoke API says no more than
    /// that nobody handled them.
    func finish(_ outcome: Outcome, _ log: [UInt8]?) {
        var fields: [JSONValue.Field] = []
        let details = outcome.body(for: id)
        switch outcome {
        case .success:
            guard !hasBegun else { break }
            body = open(nil)
            if !details.isEmpty { details.withByteView(take) }
        case .functionError(let type, _) where hasBegun: fields.append(("ErrorCode", .string(type)))
        case .functionError, .failure: fields.append(("ErrorCode", .string("Unhandled")))
        }
        let body = body ?? open(nil)
        details.withByteView { details in
            if !fields.isEmpty, !details.isEmpty { fields.append(("ErrorDetails", .bytes(details))) }
            if let log { fields.append(("LogResult", .string(String(decoding: Base64.encode(log), as: UTF8.self)))) }
            JSONValue.bytes(of: fields).withByteView { end in
                body.write {
                    EventStream.append(event: "InvokeComplete", contentType: "application/json", end, to: &$0)
                }
            }
        }
        body.finish()
    }

    private func open(_ source: IncomingResponse?) -> AnswerBody {
        let stream = responder.stream(200) { head in
            id.withByteView { head.appendField("x-amzn-RequestId", $0) }
            head.appendField("Content-Type", "application/vnd.amazon.eventstream")
            Settings.version.withByteView { head.appendField("X-Amz-Executed-Version", $0) }
        }
        return AnswerBody(stream, from: source)
    }
}
