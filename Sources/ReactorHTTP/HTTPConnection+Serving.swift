import Bytes
import HTTP1

extension HTTPConnection {
    /// Hands the next request to its handler, when it is complete, and forgets its bytes; one whose body is streamed,
    /// when its head is.
    ///
    /// - Returns: false when more must come first.
    /// - Throws: ``BodyFault``: what has come cannot be served.
    func serveNext() throws(BodyFault) -> Bool {
        guard !input.isEmpty else { return false }
        let head: RequestHead
        let extent: BodyExtent
        switch try state.reader.next(in: &input, fields: &context.fields, headLimit: context.limits.headBytes) {
        case .needsMore:
            return false
        case .request(let complete, let body):
            (head, extent) = (complete, body)
        case .head(let found, let length):
            state.received()
            if try stream(found, length) { return true }
            let limit = context.limits.bodyBytes
            guard let body = try state.reader.gather(found, length, limit: limit, in: &input) else {
                // RFC 9110, section 10.1.1: no 100 once some of the body has come.
                if found.expectsContinue, input.count == length { sendContinue() }
                return false
            }
            (head, extent) = (found, body)
        }
        let bytes = input.readable
        let request = HTTPRequest(
            method: head.method(in: bytes), target: head.target(in: bytes), version: head.version,
            fields: head.fields(in: bytes, context.fields), body: bytes[extent.body],
            trailers: extent.trailers(in: bytes, &context.trailerFields))
        begin(head, request)
        context.handler(request, HTTPResponder(owner: self, exchange: state.exchange))
        input.consume(extent.end)
        return true
    }

    /// Notes what the answer to a request depends on.
    @inline(__always)
    func begin(_ head: RequestHead, _ request: HTTPRequest) {
        state.begin(head, isHead: request.method == "HEAD")
        context.servedCount &+= 1
        lastServed = context.servedCount
    }

    func sendContinue() { append { $0.append("HTTP/1.1 100 Continue\r\n\r\n") } }
}
