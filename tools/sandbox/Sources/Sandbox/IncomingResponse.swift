import ReactorHTTP

/// A caller that takes a streamed response as it comes.
package protocol ResponseReader: AnyObject {
    /// The function has begun to stream its response: what comes next is its body.
    func begin(contentType: String, from source: IncomingResponse)
    /// The next bytes of the body, valid during the call.
    func take(_ piece: ByteView)
}

/// A function's response while it arrives over the Runtime API: gathered, and handed on to a caller that wants it as it comes.
package final class IncomingResponse {
    private let id: String
    private let invocationID: String?
    private let loop: EventLoop
    private var response: FunctionResponse
    private var body: HTTPRequestBody?
    private var reader: (any ResponseReader)?
    private var wasHandedOn = false
    private var pace = StreamPace()
    private var timer: EventLoop.Timer?
    private var isAhead = false { didSet { pauseOrResume() } }
    /// True while the reader has enough.
    package var isHeldUp = false { didSet { pauseOrResume() } }

    /// - Parameter onEnd: called once with the whole, as the Runtime API's call that it is; not when it never becomes whole.
    init(
        _ request: RoutedRequest, _ body: HTTPRequestBody, loop: EventLoop,
        onEnd: @escaping (RuntimeCall) -> Void
    ) {
        id = request.id
        invocationID = request.invocationID
        response = FunctionResponse(request)
        self.body = body
        self.loop = loop
        body.onPiece = { [self] piece in
            take(piece)
            // The rest is not read: who answers before the end has the last word.
            if isTooLarge { finish(.empty, onEnd) }
        }
        body.onEnd = { [self] outcome in
            if case .success(let trailers) = outcome { finish(trailers, onEnd) } else { release() }
        }
    }

    /// The call that tells of its beginning; nil for a response that is nothing before it is whole.
    var beginning: RuntimeCall? {
        guard response.mode == .streaming else { return nil }
        return .responding(id: id, invocationID: invocationID)
    }

    /// Hands on what comes from now on.
    func handOn(to reader: any ResponseReader) {
        self.reader = reader
        wasHandedOn = true
        reader.begin(contentType: response.contentType, from: self)
    }

    /// Nobody takes what still comes, so that it comes at its own pace.
    func letGo() {
        reader = nil
        timer?.cancel()
        (isAhead, isHeldUp) = (false, false)
    }

    /// The most bytes of a buffered response that are read for the sake of their number, which its refusal tells.
    package static let bufferedLimit = 64 * 1024 * 1024

    private var isTooLarge: Bool {
        response.body.count > (response.mode == .streaming ? Configuration.streamLimit : Self.bufferedLimit)
    }

    private func take(_ piece: ByteView) {
        response.body.append(contentsOf: piece.rawBuffer)
        guard let reader, !isTooLarge else { return }
        reader.take(piece)
        guard let due = pace.take(piece.count, at: loop.now), due > loop.now else { return }
        isAhead = true
        let timer = self.timer ?? loop.makeTimer { [unowned self] in isAhead = false }
        self.timer = timer
        timer.arm(at: due)
    }

    private func finish(_ trailers: HTTPFields, _ onEnd: (RuntimeCall) -> Void) {
        response.take(trailers, wasHandedOn: wasHandedOn)
        release()
        onEnd(.response(id: id, invocationID: invocationID, response))
    }

    private func release() {
        timer?.cancel()
        body?.onPiece = nil
        body?.onEnd = nil
        body = nil
        reader = nil
    }

    private func pauseOrResume() { isAhead || isHeldUp ? body?.pause() : body?.resume() }
}

extension FunctionResponse {
    /// The response in a request to the Runtime API, so far as its head tells of it ("Using the Lambda runtime API", "Response
    /// streaming").
    init(_ request: RoutedRequest) {
        var mode = Mode.buffered
        if let name = request.field("Lambda-Runtime-Function-Response-Mode"), !name.isEmpty {
            mode = name == "streaming" ? .streaming : .unknown
        }
        self.init(body: [], contentType: request.field("Content-Type")?.string ?? "", mode: mode)
    }

    /// Takes in how the body ended.
    ///
    /// - Parameter wasHandedOn: true if the caller has the body already: it is then no part of an error.
    mutating func take(_ trailers: HTTPFields, wasHandedOn: Bool) {
        guard let type = trailers.first("Lambda-Runtime-Function-Error-Type") else { return }
        trailingErrorType = type.string
        let decoded = trailers.first("Lambda-Runtime-Function-Error-Body").flatMap(Base64.decode)
        if wasHandedOn || decoded != nil { body = decoded ?? [] }
    }
}
