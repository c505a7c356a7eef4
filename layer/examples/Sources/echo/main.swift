// Sends back whatever comes, on tasks of one event loop: nc 127.0.0.1 7007
import Glibc
import Reactor

let loop = try EventLoop()
try loop.run {
    let address = CommandLine.arguments.dropFirst().first ?? "127.0.0.1:7007"
    let listener = try AsyncListener(.listen(on: .parse(address)), on: loop)
    print("echo: listening at \(try listener.localAddress()!)")
    fflush(nil)
    while true {
        let connection = try await listener.accept()
        Task(executorPreference: loop) {
            var buffer = Buffer()
            while try await connection.read(into: &buffer) > 0 {
                try await connection.write(&buffer)
            }
        }
    }
}
