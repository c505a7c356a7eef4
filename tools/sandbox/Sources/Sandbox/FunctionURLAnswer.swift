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
    private let onFault: (HTTPAnswerFault) -> Void
    private var state = State.waiting

    /// - Parameter onFault: called when the response is no answer in HTTP, which the caller is not told of any closer.
    init(_ responder: HTTPResponder, onFault: @escaping (HTTPAnswerFault) -> Void) {
        self.responder = responder
        self.onFault = onFault
    }

    func begin(contentType: String, from source: IncomingResponse) {
        guard !PreludeReader.isAnnounced(by: contentType) else {
            return state = .reading(PreludeReader(), from: source)
        }
        state = .writing(AnswerBody(responder.stream(200) { Self.append(contentType, to: &$0) }, from: source))
    }

    func take(_ piece: ByteView) {
        switch state {
        case .waiting, .answered: break
        case .reading(var reader, let source):
            do throws(HTTPAnswerFault) {
                guard let prelude = try reader.take(piece) else { return state = .reading(reader, from: source) }
                let head = try HTTPAnswer(prelude: prelude.json)
                state = .writing(AnswerBody(responder.stream(head.status, fields: head.append(to:)), from: source))
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
                answer.body.withByteView { responder.respond(answer.status, body: $0, fields: answer.append(to:)) }
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

    private func refuse(_ fault: HTTPAnswerFault) {
        state = .answered
        respond(502, "Internal Server Error")
        onFault(fault)
    }

    /// As the service says it, which calls it JSON.
    private func respond(_ status: Int, _ text: StaticString) {
        responder.respond(status, body: ByteView(text)) { $0.appendField("Content-Type", "application/json") }
    }

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
