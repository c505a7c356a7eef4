// Passes every line on to everybody else, over raw sockets and handlers of one event loop: nc 127.0.0.1 7008
import Glibc
import Reactor

final class Member {
    let socket: Socket
    var input = Buffer()
    var token: Token?
    init(_ socket: consuming Socket) { self.socket = socket }
}

func chat(at address: SocketAddress) throws {
    let loop = try EventLoop()
    let listener = try Socket.listen(on: address)
    var members: [Member] = []
    func leave(_ member: Member) {
        if let token = member.token { loop.deregister(token) }
        members.removeAll { $0 === member }
    }
    func listen(to member: Member) {
        guard case .bytes(let count)? = try? member.socket.read(into: member.input.reserve(1_024)) else {
            return leave(member)
        }
        member.input.commit(count)
        while let end = member.input.readable.firstIndex(of: UInt8(ascii: "\n")) {
            // A member that reads more slowly than the others talk is dropped: nothing piles up here.
            for other in members where other !== member {
                if (try? other.socket.write(member.input.readable[0..<end + 1])) != .bytes(end + 1) { leave(other) }
            }
            member.input.consume(end + 1)
        }
        if member.input.count > 4_096 { leave(member) }
    }
    _ = try loop.register(listener.descriptor, for: .read) { _ in
        guard let socket = try? listener.accept() else { return }
        let member = Member(socket)
        members.append(member)
        member.token = try? loop.register(member.socket.descriptor, for: .read) { [unowned member] _ in
            listen(to: member)
        }
        _ = try? member.socket.write("welcome\n")
    }
    print("chat: listening at \(try listener.localAddress()!)")
    fflush(nil)
    try loop.run()
}
try chat(at: .parse(CommandLine.arguments.dropFirst().first ?? "127.0.0.1:7008"))
