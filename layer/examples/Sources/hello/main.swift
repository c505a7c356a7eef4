// Greets over HTTP, with handlers of one event loop: curl http://127.0.0.1:8080/hello?name=you
import Glibc
import ReactorHTTP

let loop = try EventLoop()
let server = HTTPServer(loop: loop) { request, responder in
    guard request.path == "/hello" else { return responder.respond(404) }
    guard request.method == "GET" else { return responder.respond(405) { $0.appendField("Allow", "GET") } }
    let query = request.query ?? ""
    let name = query.starts(with: "name=") ? query.dropFirst(5) : "world"
    var text = Buffer(capacity: 64)
    text.append("hello, ")
    text.append(name)
    text.append("\n")
    responder.respond(200, body: text.readable) { $0.appendField("Content-Type", "text/plain; charset=utf-8") }
}

let address = CommandLine.arguments.dropFirst().first ?? "127.0.0.1:8080"
do {
    let listener = try Socket.listen(on: .parse(address))
    print("hello: listening at \(try listener.localAddress()!)")
    fflush(nil)
    try server.serve(listener)
}
try loop.handleSignal(SIGTERM) { server.drain { loop.stop() } }
try loop.run()
