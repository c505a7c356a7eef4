import CMemory
import Glibc
import ReactorHTTP

/// Answers every request with `200` and `ok`; `/memory` with the bytes that malloc has given out. Says its port on
/// standard output and serves until it is killed.
var limits = HTTPServer.Limits()
limits.connections = 20_000
let loop = try EventLoop()
let server = HTTPServer(loop: loop, limits: limits) { request, responder in
    if request.target == "/memory" {
        "\(memory_in_use())".withByteView { responder.respond(200, body: $0) }
    } else {
        responder.respond(200, body: "ok") { $0.appendField("Content-Type", "text/plain") }
    }
}
do {
    let listener = try Socket.listen(on: .loopback(port: 0), backlog: 4_096)
    print(try listener.localAddress()!.port!)
    fflush(nil)
    try server.serve(listener)
}
try loop.run()
