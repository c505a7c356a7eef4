import CLinux
import Reactor
import TestSupport
import Testing

/// The bare end of a connection, for a test that plays client or server byte by byte.
final class Peer {
    /// The way the other end stopped sending.
    enum End: Equatable {
        case orderly
        case failed(Errno)
    }

    private let loop: EventLoop
    private var owned: Owned?
    private var token: Token?
    private var unsent = Buffer()

    /// Everything received so far.
    private(set) var received: [UInt8] = []
    /// Set when the other end has ended.
    private(set) var end: End?
    /// The bytes the kernel took.
    private(set) var sentCount = 0

    /// True if the peer reads; one that does not lets the kernel's buffers fill.
    var isReading = true { didSet { watch() } }

    init(_ socket: consuming Socket, loop: EventLoop) throws(Errno) {
        self.loop = loop
        let owned = Owned(socket)
        self.owned = owned
        token = try loop.register(owned.socket.descriptor, for: .read) { [unowned self] event in ready(event) }
    }

    deinit { close() }

    /// The received bytes, as text.
    var text: String { String(decoding: received, as: UTF8.self) }

    /// True if everything given to ``send(_:)-(String)`` has been taken by the kernel.
    var hasSentAll: Bool { unsent.isEmpty }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// Sends now what the kernel takes, and the rest as it takes more.
    func send(_ bytes: [UInt8]) {
        bytes.withByteView { unsent.append($0) }
        write()
    }

    /// Forgets what was received and gives it to the caller.
    func take() -> String {
        defer { received = [] }
        return text
    }

    /// Reads at once what is there, without the loop.
    func readNow() { readOnce() }

    /// Ends the sending direction.
    func finishSending() { try? owned?.socket.shutdownWriting() }

    /// Closes; with unread bytes in the kernel a TCP connection is reset by that.
    ///
    /// A process that another test is starting has a copy of the descriptor for a moment, so that closing alone would
    /// end nothing yet.
    func close() {
        if let owned { shutdown(owned.socket.descriptor.rawValue, Int32(SHUT_RDWR)) }
        letGo()
    }

    private func letGo() {
        if let token { loop.deregister(token) }
        token = nil
        owned = nil
    }

    /// Closes with a reset, as a peer that crashed.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        if let owned {
            setsockopt(
                owned.socket.descriptor.rawValue, SOL_SOCKET, SO_LINGER, &linger,
                socklen_t(MemoryLayout.size(ofValue: linger)))
        }
        letGo()
    }

    /// Runs the loop until the other end has ended: at once, or when a process that another test is starting has given
    /// up its copy of that descriptor.
    func waitForEnd(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let deadline = Instant.now + patience
        while end == nil {
            try #require(.now < deadline, "the connection does not end", sourceLocation: sourceLocation)
            try loop.runOnce(until: deadline)
        }
    }

    private func ready(_ event: Event) {
        if event.isWritable, !unsent.isEmpty { write() }
        if event.isReadable, isReading || event.isHangup || event.isError { readOnce() }
    }

    private func readOnce() {
        guard let owned, end == nil else { return }
        var buffer = Buffer()
        let room = buffer.reserve(65_536)
        do {
            switch try owned.socket.read(into: room) {
            case .bytes(let count): received += room[..<count]
            case .wouldBlock: break
            case .endOfStream: end = .orderly
            }
        } catch {
            end = .failed(error)
        }
        watch()
    }

    private func write() {
        guard let owned, !unsent.isEmpty else { return }
        do {
            if case .bytes(let count) = try owned.socket.write(unsent.readable) {
                unsent.consume(count)
                sentCount += count
            }
        } catch {
            // The reading side shows what became of the connection; an answer may still be on its way.
            unsent.removeAll()
        }
        watch()
    }

    private func watch() {
        guard let token else { return }
        if end != nil {
            loop.deregister(token)
            self.token = nil
            return
        }
        var interest: Interest = []
        if isReading { interest.insert(.read) }
        if !unsent.isEmpty { interest.insert(.write) }
        try? loop.reregister(token, for: interest)
    }

    /// A socket that can be let go of.
    private final class Owned {
        let socket: Socket
        init(_ socket: consuming Socket) { self.socket = socket }
    }
}
