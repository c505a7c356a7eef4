import ReactorHTTP

/// The answer to a request of the function's URL, as the function's response comes.
final class FunctionURLAnswer: ResponseReader {
    private enum State {
        /// Nothing has come.
        case waiting
        /// The prelude comes.
        case reading(PreludeReader, from: IncomingResponse)
        /// The body comes.
        case writing(AnswerBody)
        /// Whatever comes, it was answered.
        case answered
    }

    private let responder: HTTPResponder
    private let id: String
    private let onStatus: (Int) -> Void
    private let onFault: (HTTPAnswerFault) -> Void
    private var state = State.waiting

    /// - Parameters:
    ///   - id: the request id, which the answer has in a field.
    ///   - onStatus: called with the status that the answer begins with.
    ///   - onFault: called when the response is no answer in HTTP, which the caller is not told of any closer.
    init(
        _ responder: HTTPResponder, id: String, onStatus: @escaping (Int) -> Void,
        onFault: @escaping (HTTPAnswerFault) -> Void
    ) {
        self.responder = responder
        self.id = id
        self.onStatus = onStatus
        self.onFault = onFault
    }

    func begin(contentType: String, from source: IncomingResponse) {
        guard !PreludeReader.isAnnounced(by: contentType) else {
            return state = .reading(PreludeReader(), from: source)
        }
        state = .writing(open(200, from: source) { Self.append(contentType, to: &$0) })
    }

    func take(_ piece: ByteView) {
        switch state {
        case .waiting, .answered: break
        case .reading(var reader, let source):
            do throws(HTTPAnswerFault) {
                guard let prelude = try reader.take(piece) else { return state = .reading(reader, from: source) }
                let head = try HTTPAnswer(prelude: prelude.json)
                state = .writing(open(head.status, from: source, fields: head.append(to:)))
                if prelude.count < piece.count { take(piece.dropFirst(prelude.count)) }
            } catch {
                refuse(error)
            }
        case .writing(let body): body.write { $0.append(piece) }
        }
    }

    /// Ends the answer. Of an error the caller learns no more than that there was one, or, in the midst of a body, by the end of the
    /// connection.
    func finish(_ outcome: Outcome) {
        switch (state, outcome) {
        case (.waiting, .success(let body, let contentType)):
            do throws(HTTPAnswerFault) {
                let answer = try Self.read(body, contentType)
                answer.body.withByteView { respond(answer.status, $0, fields: answer.append(to:)) }
            } catch {
                refuse(error)
            }
        case (.reading, .success): refuse(HTTPAnswerFault("it ends within its prelude"))
        case (.writing(let body), .success): body.finish()
        case (.writing(let body), _): body.finish(isCutShort: true)
        case (.waiting, .failure(.throttled)), (.waiting, .failure(.unavailable)): respond(429, "Rate Exceeded.")
        case (.waiting, _), (.reading, _): respond(502, "Internal Server Error")
        case (.answered, _): break
        }
        state = .answered
    }

    /// The answer in a whole response, which may begin with a prelude, too.
    private static func read(_ response: [UInt8], _ contentType: String) throws(HTTPAnswerFault) -> HTTPAnswer {
        guard PreludeReader.isAnnounced(by: contentType) else { return try HTTPAnswer(response) }
        var reader = PreludeReader()
        guard let prelude = try response.withByteView({ view throws(HTTPAnswerFault) in try reader.take(view) }) else {
            throw HTTPAnswerFault("it ends within its prelude")
        }
        var answer = try HTTPAnswer(prelude: prelude.json)
        answer.body = Array(response.dropFirst(prelude.count))
        return answer
    }

    /// Ends it before the function has heard of the request, whose event would have this many bytes.
    func refuse(tooLarge count: Int) {
        state = .answered
        let limit = InvokeRequest.payloadLimit
        let message = "The event of this request would have \(count) bytes; \(limit) are allowed"
        JSONValue.bytes(of: [("Message", .string(message))]).withByteView { body in
            respond(413, body) { $0.appendField("Content-Type", "application/json") }
        }
    }

    private func refuse(_ fault: HTTPAnswerFault) {
        state = .answered
        respond(502, "Internal Server Error")
        onFault(fault)
    }

    /// As the service says it, which calls it JSON.
    private func respond(_ status: Int, _ text: StaticString) {
        respond(status, ByteView(text)) { $0.appendField("Content-Type", "application/json") }
    }

    private func respond(_ status: Int, _ body: ByteView, fields: (inout Buffer) -> Void) {
        onStatus(status)
        responder.respond(status, body: body) { head in
            appendID(to: &head)
            fields(&head)
        }
    }

    private func open(_ status: Int, from source: IncomingResponse, fields: (inout Buffer) -> Void) -> AnswerBody {
        onStatus(status)
        let stream = responder.stream(status) { head in
            appendID(to: &head)
            fields(&head)
        }
        return AnswerBody(stream, from: source)
    }

    private func appendID(to head: inout Buffer) { id.withByteView { head.appendField("x-amzn-RequestId", $0) } }

    private static func append(_ contentType: String, to head: inout Buffer) {
        let type = contentType.isEmpty ? "application/octet-stream" : contentType
        type.withByteView { head.appendField("Content-Type", $0) }
    }
}

extension HTTPAnswer {
    /// Appends the header fields to a head.
    func append(to head: inout Buffer) {
        for field in fields {
            for part in [field.name, ": ", field.value, "\r\n"] { part.withByteView { head.append($0) } }
        }
    }
}
