import ReactorHTTP
import Sandbox

/// The events of one browser's page.
///
/// No more than one message is kept for it. A browser that reads slowly gets fewer, of what is then the newest; one that does not read
/// at all is left by the server.
final class PageStream {
    /// A message, and the version of the history that it leads to.
    typealias Message = (bytes: [UInt8], version: UInt64)

    private let stream: HTTPResponseStream
    /// Makes the message for a reader of a version; nil when there is nothing to say.
    private let makeMessage: (UInt64?) -> Message?
    private var version: UInt64?
    private var rest = Buffer()

    /// - Parameters:
    ///   - stream: one that is open.
    ///   - version: the one that the reader knows, nil for none.
    ///   - onLoss: called when it has gone.
    init(
        _ stream: HTTPResponseStream, since version: UInt64?, makeMessage: @escaping (UInt64?) -> Message?,
        onLoss: @escaping (PageStream) -> Void
    ) {
        self.stream = stream
        self.version = version
        self.makeMessage = makeMessage
        // They go with the end of the stream. Its loss is reported later, when nobody else may have this any more.
        stream.onWritable = { [self] in push() }
        stream.onLoss = { [self] in onLoss(self) }
    }

    /// Sends what is new, as far as the browser takes it.
    func push() {
        while stream.isOpen {
            if rest.isEmpty {
                guard let message = makeMessage(version) else { return }
                version = message.version
                message.bytes.withByteView { rest.append($0) }
            }
            rest.consume(stream.write(rest.readable))
            guard rest.isEmpty else { return }
        }
    }

    func finish() { stream.finish() }
}
