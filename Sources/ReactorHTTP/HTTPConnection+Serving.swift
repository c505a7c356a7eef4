extension HTTPConnection {
    /// Serves one complete request after another, until one waits for its answer or for more bytes; true when it
    /// stopped because enough answers wait to be written.
    func serve() -> Bool {
        while state.serves {
            if output.count > context.limits.unsentBytes { return true }
            do {
                switch state.stage {
                case .reading: guard try serveNext() else { return false }
                case .answering: guard try receive() else { return false }
                case .lingering, .closed: return false
                }
            } catch {
                switch error {
                case .malformed(let fault): refuse(fault.status)
                case .tooLarge: refuse(413)
                }
            }
        }
        return false
    }

    /// Looks for a complete request, or for the head of one whose body is streamed; false when more must come first.
    private func serveNext() throws(BodyFault) -> Bool {
        switch try state.reader.next(in: &input, fields: &context.fields) {
        case .needsMore:
            return false
        case .request(let head, let extent):
            handle(head, extent)
            return true
        case .head(let head, let length):
            state.received()
            if try stream(head, length) { return true }
            if let extent = try state.reader.gather(head, length, limit: context.limits.bodyBytes, in: &input) {
                handle(head, extent)
                return true
            }
            // RFC 9110, section 10.1.1: no 100 once some of the body has come.
            if head.expectsContinue, input.count == length { sendContinue() }
            return false
        }
    }

    func sendContinue() { append { $0.append("HTTP/1.1 100 Continue\r\n\r\n") } }

    /// Hands a complete request to the handler and forgets its bytes.
    private func handle(_ head: RequestHead, _ extent: BodyExtent) {
        let bytes = input.readable
        let request = HTTPRequest(
            method: head.method(in: bytes), target: head.target(in: bytes), version: head.version,
            fields: head.fields(in: bytes, context.fields), body: bytes[extent.body],
            trailers: extent.trailers(in: bytes, &context.trailerFields))
        begin(head, request)
        context.handler(request, HTTPResponder(owner: self, exchange: state.exchange))
        input.consume(extent.end)
    }

    /// Notes what the answer to a request depends on.
    @inline(__always)
    func begin(_ head: RequestHead, _ request: HTTPRequest) {
        state.begin(head, isHead: request.method == "HEAD")
        context.servedCount &+= 1
        lastServed = context.servedCount
    }
}
