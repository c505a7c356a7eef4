import Reactor

/// Who listens, who is there, and what they say.
final class Chat {
    let listener: Socket
    private let loop: EventLoop
    private var members: [ObjectIdentifier: Member] = [:]

    private final class Member {
        let socket: Socket
        var token: Token?
        var input = Buffer()

        init(_ socket: consuming Socket) { self.socket = socket }
    }

    init(_ listener: consuming Socket, on loop: EventLoop) throws(Errno) {
        self.listener = listener
        self.loop = loop
        _ = try loop.register(self.listener.descriptor, for: .read) { [unowned self] _ in welcome() }
    }

    private func welcome() {
        guard let socket = try? listener.accept() else { return }
        let member = Member(socket)
        member.token = try? loop.register(member.socket.descriptor, for: .read) { [unowned self, unowned member] _ in
            listen(to: member)
        }
        members[ObjectIdentifier(member)] = member
        _ = try? member.socket.write("welcome\n")
    }

    private func listen(to member: Member) {
        guard case .bytes(let count)? = try? member.socket.read(into: member.input.reserve(1_024)) else {
            return leave(member)
        }
        member.input.commit(count)
        while let end = member.input.readable.firstIndex(of: UInt8(ascii: "\n")) {
            pass(on: member.input.readable[0..<end + 1], from: member)
            member.input.consume(end + 1)
        }
        if member.input.count > 4_096 { leave(member) }
    }

    private func pass(on line: ByteView, from speaker: Member) {
        for member in members.values where member !== speaker {
            // Who reads more slowly than the others talk is let go: nothing piles up here.
            if (try? member.socket.write(line)) != .bytes(line.count) { leave(member) }
        }
    }

    private func leave(_ member: Member) {
        if let token = member.token { loop.deregister(token) }
        members[ObjectIdentifier(member)] = nil
    }
}
