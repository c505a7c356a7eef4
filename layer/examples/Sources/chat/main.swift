// Passes every line on to everybody else, over raw sockets and handlers of one event loop: nc 127.0.0.1 7008
import Glibc
import Reactor

let loop = try EventLoop()
let address = CommandLine.arguments.dropFirst().first ?? "127.0.0.1:7008"
let chat = try Chat(.listen(on: .parse(address)), on: loop)
print("chat: listening at \(try chat.listener.localAddress()!)")
fflush(nil)
try loop.run()
