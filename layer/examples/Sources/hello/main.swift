// Greets over HTTP, and counts what is sent to it: curl http://127.0.0.1:8080/hello/you; curl -T FILE http://127.0.0.1:8080/count
import Glibc
import ReactorHTTP

let loop = try EventLoop()
let router = HTTPRouter()

func greet(_ name: ByteView, _ responder: HTTPResponder) {
    var text = Buffer(capacity: 64)
    text.append("hello, ")
    text.append(name)
    text.append("\n")
    responder.respond(200, body: text.readable) { $0.appendField("Content-Type", "text/plain; charset=utf-8") }
}
router.on("GET", "/hello") { request, responder in greet(request.queryValue("name") ?? "world", responder) }
router.on("GET", "/hello/:name") { request, responder in greet(request.parameter("name") ?? "", responder) }
// A body of any size, in the memory of one read.
router.stream("PUT", "/count") { _, body, responder in
    body.onEnd = { outcome in
        guard case .success = outcome else { return }
        "\(body.count) bytes\n".withByteView { responder.respond(200, body: $0) }
    }
}

let server = HTTPServer(loop: loop, router: router)
do {
    let listener = try Socket.listen(on: .parse(CommandLine.arguments.dropFirst().first ?? "127.0.0.1:8080"))
    print("hello: listening at \(try listener.localAddress()!)")
    fflush(nil)
    try server.serve(listener)
}
try loop.handleSignal(SIGTERM) { server.drain(within: .seconds(5)) { loop.stop() } }
try loop.run()
