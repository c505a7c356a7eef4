import CLinux
import Hold
import LambdaExtension

/// The function, as far as it has said that it is there: one process, and the connections that it has said so over.
///
/// A session ends with the process, which a ``ProcessHandle`` reports; connections come and go meanwhile, as many
/// clients close theirs when they are idle. Where no handle is to be had the connections stand for the process: the
/// session ends with the last.
final class Sessions {
    private let loop: EventLoop
    /// The first of them never gives way to newcomers; more than one would be kept for nothing.
    private let connections = List<Member>()
    /// The number of the process; zero when there is no session.
    private var number: UInt64 = 0
    private var process: ProcessHandle?
    private var registration: Token?
    private let ownNumber = getpid()
    /// The server that the connections belong to.
    unowned(unsafe) var server: HTTPServer?
    /// Called when the process has ended, perhaps within ``open(_:for:)``.
    var onEnd: () -> Void = {}
    /// Called with what the process says through a page.
    var onDone: (RequestID, FunctionPage) -> Void = { _, _ in }

    private struct Member {
        let connection: ConnectionID
        /// Ends with the connection, or with the session.
        var page: FunctionPage?
    }

    /// The outcome of a wish for a session.
    enum Opening {
        case opened
        /// The process has one, which the connection now belongs to.
        case joined
        /// Another process has it.
        case taken
    }

    init(loop: EventLoop) { self.loop = loop }

    func contains(_ connection: ConnectionID) -> Bool { place(of: connection) != nil }

    /// A process says over a connection that it is there.
    func open(_ connection: ConnectionID, for number: UInt64) -> Opening {
        if self.number == number, contains(connection) { return .joined }
        // Its end may be reported in this very round, but behind the wish of its successor, which may have its number.
        if process?.hasEnded == true { endProcess() }
        guard self.number == 0 || self.number == number else { return .taken }
        let isNew = self.number == 0
        self.number = number
        connections.append(Member(connection: connection))
        if connections.count == 1 { server?.keep(connection, true) }
        // Once more for each connection: there may have been no descriptor left.
        if process == nil { try? watch() }
        return isNew ? .opened : .joined
    }

    /// Passes a page with the answer to a check, in place of the one that the connection may have; none where the kernel
    /// refuses it, or the connection is no session's.
    func passPage(over responder: HTTPResponder) {
        guard let place = place(of: responder.connection) else { return }
        connections[place].page = try? FunctionPage(loop: loop, passingTo: responder, onDone: onDone)
    }

    /// Forgets a connection that has closed; true when the session ends with it.
    func close(_ connection: ConnectionID) -> Bool {
        guard let place = place(of: connection) else { return false }
        // Their order means nothing.
        connections[place] = connections[connections.count - 1]
        _ = connections.removeLast()
        if connections.count > 0 {
            if place == 0 { server?.keep(connections[0].connection, true) }
            return false
        }
        guard process == nil else { return false }
        number = 0
        return true
    }

    private func watch() throws(Errno) {
        // The number of another namespace may be ours here, and our own end is reported to nobody.
        guard let number = Int32(exactly: number), number != ownNumber else { return }
        let process = try ProcessHandle(of: number)
        registration = try loop.register(process.descriptor, for: .read) { [unowned(unsafe) self] _ in endProcess() }
        self.process = consume process
    }

    private func endProcess() {
        if let registration { loop.deregister(registration) }
        registration = nil
        process = nil
        number = 0
        // A child may have inherited some, and goes on using them.
        if connections.count > 0 { server?.keep(connections[0].connection, false) }
        connections.removeAll()
        onEnd()
    }

    private func place(of connection: ConnectionID) -> Int? {
        var place = 0
        while place < connections.count {
            if connections[place].connection == connection { return place }
            place += 1
        }
        return nil
    }
}
