import HTTP1
import Synchronization

/// Where a streaming handler writes its response, piece by piece.
public final class LambdaResponseWriter: Sendable {
    /// The response was over: its handler had ended, or the service had accepted it before its end.
    public struct Ended: Error, CustomStringConvertible {
        /// The error.
        public init() {}
        /// The error in words.
        public var description: String { "the response is over" }
    }

    private let sink: @Sendable ([UInt8], _ contentType: String) async throws -> Void
    private let type = Mutex("application/octet-stream")

    /// A writer that gives each piece to a closure, to call a handler in a test.
    public init(_ sink: @escaping @Sendable ([UInt8]) async throws -> Void) {
        self.sink = { bytes, _ in try await sink(bytes) }
    }

    init(_ service: RuntimeService, _ context: LambdaContext) {
        sink = { bytes, contentType in
            try await withCheckedThrowingContinuation { reply in
                let piece = StreamPiece(
                    requestID: context.requestID, contentType: contentType, bytes: bytes, reply: reply)
                service.write(piece)
            }
        }
    }

    /// The response's media type, `application/octet-stream` unless set; to be set before the first byte is written,
    /// and of no effect afterwards. A line break or NUL in it traps.
    public var contentType: String {
        get { type.withLock { $0 } }
        set {
            precondition(newValue.withByteView { isFieldValue($0) }, "not a content type")
            type.withLock { $0 = newValue }
        }
    }

    /// Sends bytes to the caller; nothing is sent for an empty piece.
    ///
    /// The first bytes open the response, after which an error can only cut it short. Returns when the bytes are on
    /// their way and there is room for more: a handler is held to the pace of the service. Pieces that several tasks
    /// write at a time stay whole.
    ///
    /// - Throws: a ``RuntimeError`` when the service has refused the response or is lost, or ``Ended``.
    public func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        try await sink(bytes, contentType)
    }

    /// Sends text as UTF-8.
    public func write(_ text: String) async throws { try await write([UInt8](text.utf8)) }
}
