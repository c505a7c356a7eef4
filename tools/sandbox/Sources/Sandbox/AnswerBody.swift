import ReactorHTTP

/// The body of an answer that is written while it comes. What the peer does not take yet is kept, and its source is held up
/// meanwhile; a peer that goes away holds up nobody.
final class AnswerBody {
    private let stream: HTTPResponseStream
    private var source: IncomingResponse?
    private var rest = Buffer()
    private var isFinished = false
    private var isCutShort = false

    /// - Parameter source: what is held up; nil for a body that is there already.
    init(_ stream: HTTPResponseStream, from source: IncomingResponse?) {
        self.stream = stream
        self.source = source
        // One that was never opened would keep its closures, and they this.
        guard stream.isOpen else { return }
        stream.onWritable = { [self] in send() }
        stream.onLoss = { [self] in lose() }
    }

    /// Writes what a closure appends.
    func write(_ append: (inout Buffer) -> Void) {
        guard stream.isOpen, !isFinished else { return }
        append(&rest)
        send()
    }

    /// Ends the body behind what is still to be written.
    ///
    /// - Parameter isCutShort: true if it is to end the connection, so that the peer sees that something is missing.
    func finish(isCutShort: Bool = false) {
        isFinished = true
        self.isCutShort = isCutShort
        letGo()
        if stream.isOpen { send() }
    }

    private func send() {
        rest.consume(stream.write(rest.readable))
        source?.isHeldUp = !rest.isEmpty
        guard isFinished, rest.isEmpty else { return }
        if isCutShort { stream.abort() } else { stream.finish() }
    }

    private func lose() {
        rest.release()
        letGo()
    }

    private func letGo() {
        source?.letGo()
        source = nil
    }
}
