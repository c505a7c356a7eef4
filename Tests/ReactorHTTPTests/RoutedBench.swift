import ReactorHTTP
import Testing

/// A server with routes on a bench, and a record of a body that is streamed to it.
final class RoutedBench: Serving {
    /// The outcome of one streamed body.
    final class Upload {
        let target: String
        let body: HTTPRequestBody
        let responder: HTTPResponder
        var pieces: [String] = []
        var trailers = ""
        var isComplete = false
        var error: HTTPRequestBodyError?
        var endCount = 0

        init(_ target: String, _ body: HTTPRequestBody, _ responder: HTTPResponder) {
            self.target = target
            self.body = body
            self.responder = responder
        }

        var text: String { pieces.joined() }
    }

    let bench: Bench
    let address: SocketAddress
    let router: HTTPRouter
    private(set) var server: HTTPServer?
    private(set) var disconnectCount = 0
    private(set) var uploads: [Upload] = []
    /// Called when an upload begins, with its record set up.
    var onUpload: (Upload) -> Void = { _ in }
    /// Called with an upload after each of its pieces.
    var onPiece: (Upload) -> Void = { _ in }
    /// Called when an upload is complete; answers with its text.
    var onComplete: (Upload) -> Void = { upload in upload.responder.respond(200, text: upload.text + upload.trailers) }

    /// - Parameter limit: of the bodies of `POST /upload`, which is streamed and answered with what it was.
    init(
        _ transport: Bench.Transport = .unix, kernelBuffers: Int32? = nil, limit: UInt64 = .max,
        servesHEAD: Bool = true, limits: (inout HTTPServer.Limits) -> Void = { _ in }
    ) throws {
        bench = try Bench()
        router = HTTPRouter(servesHEAD: servesHEAD)
        var wanted = HTTPServer.Limits()
        limits(&wanted)
        let listener = try bench.listen(transport, kernelBuffers: kernelBuffers)
        address = try #require(try listener.localAddress())
        let server = HTTPServer(loop: bench.loop, limits: wanted, router: router)
        server.onDisconnect = { [unowned self] _ in disconnectCount += 1 }
        try server.serve(listener)
        self.server = server
        router.stream("POST", "/upload", limit: limit) { [unowned self] request, body, responder in
            begin(Upload(request.request.target.string, body, responder))
        }
        router.on("GET", "/get") { _, responder in responder.respond(200, body: "got") }
    }

    deinit {
        server?.onDisconnect = nil
        server?.close()
    }

    private func begin(_ upload: Upload) {
        uploads.append(upload)
        upload.body.onPiece = { [unowned self, unowned upload] piece in
            #expect(!upload.body.isPaused && piece.count > 0)
            upload.pieces.append(piece.string)
            onPiece(upload)
        }
        upload.body.onEnd = { [unowned self, unowned upload] outcome in
            upload.endCount += 1
            switch outcome {
            case .success(let trailers):
                for index in 0..<trailers.count {
                    upload.trailers += " \(trailers[index].name.string)=\(trailers[index].value.string)"
                }
                upload.isComplete = true
                onComplete(upload)
            case .failure(let error):
                upload.error = error
            }
        }
        onUpload(upload)
    }
}
