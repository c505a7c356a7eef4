#if !hasFeature(Embedded)
import HTTP1
import Synchronization

/// The writer to which a streaming handler gives its response, piece by piece.
public final class LambdaResponseWriter: Sendable {
    /// The response was over: its handler had ended, or the service had accepted it before its end.
    public struct Ended: Error, CustomStringConvertible {
        /// The error.
        public init() {}
        /// The error in words.
        public var description: String { "the response is over" }
    }

    /// The progress of the response.
    private struct State {
        var contentType: String?
        var hasBegun = false
    }

    private let sink: @Sendable ([UInt8], StreamPiece.Kind) async throws -> Void
    private let state = Mutex(State())

    /// A writer that gives each piece to a closure, to call a handler in a test. Status and headers are such a piece,
    /// too.
    public init(_ sink: @escaping @Sendable ([UInt8]) async throws -> Void) {
        self.sink = { bytes, _ in try await sink(bytes) }
    }

    init(sink: @escaping @Sendable ([UInt8], StreamPiece.Kind) async throws -> Void) { self.sink = sink }

    init(_ sink: any ResponseSink, _ context: LambdaContext) {
        self.sink = { bytes, kind in
            try await context.record.whileOpen { try await sink.write(bytes, kind, of: context) }
        }
    }

    /// The response's media type, `application/octet-stream` by default. Set it before the first byte is written; it
    /// has no effect afterwards. A line break or NUL in it traps.
    public var contentType: String {
        get { explicitContentType ?? "application/octet-stream" }
        set {
            precondition(newValue.withByteView { isFieldValue($0) }, "not a content type")
            state.withLock { $0.contentType = newValue }
        }
    }

    /// The media type that was set.
    var explicitContentType: String? { state.withLock { $0.contentType } }

    /// Sends bytes to the caller; nothing is sent for an empty piece.
    ///
    /// The first bytes open the response, after which an error can only cut it short. Returns when the bytes are on
    /// their way and there is space for more, so that a handler keeps to the pace of the service. Pieces that several
    /// tasks write at a time stay whole.
    ///
    /// - Throws: a ``RuntimeError`` when the service has refused the response or is lost, or ``Ended``; of a writer
    ///   made by ``init(_:)`` what its closure throws.
    public func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        state.withLock { $0.hasBegun = true }
        try await sink(bytes, .body(contentType: contentType))
    }

    /// Sends text as UTF-8.
    ///
    /// - Throws: what ``write(_:)-([UInt8])`` throws.
    public func write(_ text: String) async throws { try await write([UInt8](text.utf8)) }

    /// Sends what must come before everything else.
    func open(with prelude: HTTPPrelude) async throws {
        let isLate = state.withLock { state in
            defer { state.hasBegun = true }
            return state.hasBegun
        }
        if isLate { throw HeadError.tooLate }
        try await sink(prelude.bytes, .prelude)
    }
}
#endif
