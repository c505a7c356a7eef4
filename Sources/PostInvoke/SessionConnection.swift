import Bytes
import CLinux
import HTTP1
import Hold
import HostProcess
import Reactor

/// One connection to the extension, for short requests that block their thread.
///
/// The answer to a request comes within microseconds over loopback, sooner than another thread could be woken for it. A
/// request takes two system calls: the socket blocks, so that nothing need be asked before it is read. Nobody has to wait
/// between the two: the answer may be read at any time before the next request.
struct SessionConnection: ~Copyable {
    private let socket: Socket
    private var takesPage = false
    private var output = Buffer(capacity: 256)
    private var input = Buffer(capacity: 512)
    private var fields = FieldTable()
    /// True if nothing more should be sent: a request got no answer, and a late one would be taken for the next one's,
    /// or it got another than `200`.
    private(set) var isSpent = false
    /// The page that came with the answer to the check, if one did.
    private var page: SessionPage?
    /// True while the answer to a request has yet to be read, so that no other can be sent.
    private(set) var awaitsAnswer = false

    /// The fault of a request.
    enum Fault: Error, Equatable, CustomStringConvertible {
        case system(Errno)
        case timedOut
        case closed
        /// The answer is no HTTP, or carries more than the extension's answers do.
        case malformed
        /// The answer has another status than it should.
        case refused(status: Int)

        /// The fault in words that go on from the extension's name.
        var description: String {
            switch self {
            case .timedOut: "does not answer"
            case .system(let error) where leavesTheExtensionThere: "cannot be asked: \(error)"
            case .system(let error): "is gone: \(error)"
            case .closed: "is gone: it closed the connection"
            case .malformed: "is gone: what answers there is no extension"
            case .refused(let status): "is gone: what answers there has the status \(status) for it"
            }
        }

        /// True if the extension may be well and hear what is sent to it later: it is slow, its backlog is full, or
        /// this process lacks descriptors, ports or memory for another connection.
        var leavesTheExtensionThere: Bool {
            switch self {
            case .timedOut: true
            case .system(let error):
                [EAGAIN, EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL].contains(error.rawValue)
            case .closed, .malformed, .refused: false
            }
        }
    }

    /// The part of an answer that matters.
    struct Answer: Equatable {
        let status: Int
        /// The extension's mode; one that cannot be read is taken for holding, which a `/done` in vain does not harm.
        let mode: HoldPolicy.Mode

        func expectSuccess() throws(Fault) {
            guard status == 200 else { throw .refused(status: status) }
        }
    }

    /// Connects.
    ///
    /// - Parameter timeout: the longest wait for this, and later for each step of a request.
    init(to address: SocketAddress, timeout: Duration) throws(Fault) {
        let socket: Socket
        do { socket = try Socket.connect(to: address) } catch { throw .system(error) }
        guard BlockingPoll.wait(socket.descriptor.rawValue, for: .write, timeout: timeout) else { throw .timedOut }
        let failure: Errno?
        do { failure = try socket.takeError() } catch { throw .system(error) }
        if let failure { throw .system(failure) }
        do { try socket.block(noLongerThan: timeout) } catch { throw .system(error) }
        self.socket = socket
    }

    /// Sends a request without a body, whose head `encode` appends. The one before must have had its answer.
    mutating func send(_ encode: (inout Buffer) -> Void) throws(Fault) {
        precondition(!awaitsAnswer, "two requests at a time")
        isSpent = true
        // Bytes that nobody asked for: what follows would be taken for the answer to another request.
        guard input.isEmpty else { throw .malformed }
        output.removeAll()
        encode(&output)
        while !output.isEmpty { try write() }
        isSpent = false
        awaitsAnswer = true
    }

    /// Waits for the answer to the request that was sent. A peer that went meanwhile, as while the environment was frozen,
    /// is found out here.
    mutating func receive() throws(Fault) -> Answer {
        isSpent = true
        while true {
            if let answer = try takeAnswer() { return accept(answer) }
            guard try read(waits: true) else { throw .timedOut }
        }
    }

    /// Looks what has become of the done that was said last.
    ///
    /// - Parameter waits: whether to wait for the answer to a request. The page is never waited for.
    /// - Returns: true if it was heard; false if that is not known yet, and the extension is there.
    mutating func settles(waits: Bool) throws(Fault) -> Bool {
        guard awaitsAnswer else { return try findsPageTaken() }
        let answer: Answer? = try waits ? receive() : receiveIfThere()
        try answer?.expectSuccess()
        return answer != nil
    }

    /// As ``receive()`` without waiting; nil when the answer is not there yet.
    private mutating func receiveIfThere() throws(Fault) -> Answer? {
        isSpent = true
        while true {
            if let answer = try takeAnswer() { return accept(answer) }
            guard try read(waits: false) else {
                isSpent = false
                return nil
            }
        }
    }

    /// As ``receive()``, for the answer to a check that asked for a page.
    mutating func receiveWithPage() throws(Fault) -> Answer {
        takesPage = true
        defer { takesPage = false }
        return try receive()
    }

    // MARK: The page

    /// True in a process forked from the one whose connection this is: what comes over it, and the page, are the other's as well.
    var isInherited: Bool { mutating get { page?.isInherited ?? false } }

    /// Leaves the page to the process that it was passed to; what that one has asked is its own concern, too.
    mutating func disinherit() {
        page = nil
        isSpent = isSpent || awaitsAnswer
    }

    /// Ends the use of the page.
    mutating func dropPage() { page = nil }

    /// Says through the page that an invocation is done; false if there is none, or the extension has yet to take what was
    /// said before: a request then finds out what has become of it.
    mutating func writePage(_ requestID: String) -> Bool {
        guard !awaitsAnswer, page?.isFree ?? false else { return false }
        if page!.write(requestID) { return true }
        page = nil
        return false
    }

    /// Looks whether what was said through the page is taken; where it is not, the extension must at least be there.
    private mutating func findsPageTaken() throws(Fault) -> Bool {
        if page?.isFree ?? true { return true }
        isSpent = true
        guard try !read(waits: false) else { throw .malformed }
        isSpent = false
        return false
    }

    private mutating func accept(_ answer: Answer) -> Answer {
        awaitsAnswer = false
        isSpent = answer.status != 200
        return answer
    }

    private mutating func write() throws(Fault) {
        let result: IOResult
        do { result = try socket.write(output.readable) } catch { throw .system(error) }
        switch result {
        case .bytes(let count): output.consume(count)
        case .wouldBlock, .endOfStream: throw .timedOut
        }
    }

    /// Reads once; false if nothing has come, in time or at all.
    private mutating func read(waits: Bool) throws(Fault) -> Bool {
        let room = input.reserve(512)
        let result: IOResult
        do throws(Errno) {
            if takesPage {
                var received: SessionPage?
                result = try socket.read(into: room) { received = SessionPage(file: $0, bell: $1) }
                if let received { page = consume received }
            } else {
                result = try waits ? socket.read(into: room) : socket.readWithoutWaiting(into: room)
            }
        } catch {
            throw .system(error)
        }
        switch result {
        case .bytes(let count):
            input.commit(count)
            return true
        case .wouldBlock: return false
        case .endOfStream: throw .closed
        }
    }

    /// The answer at the front of what was read, taken off once it is there with its body.
    private mutating func takeAnswer() throws(Fault) -> Answer? {
        let status: ParseStatus<ResponseHead>
        do { status = try parseResponseHead(input.readable, fields: &fields) } catch { throw .malformed }
        guard case .complete(let head, let length) = status else { return nil }
        if head.isInterim {
            input.consume(length)
            return try takeAnswer()
        }
        let body: Int
        switch head.framing(toHead: false) {
        case .none: body = 0
        case .length(let count) where count <= 4_096: body = Int(count)
        default: throw .malformed
        }
        guard input.count >= length + body else { return nil }
        let word = fields.fields(in: input.readable).first(LocalProtocol.mode)
        let mode: HoldPolicy.Mode =
            word.map { $0 == ByteView(HoldPolicy.Mode.passThrough.name) } ?? false ? .passThrough : .hold
        input.consume(length + body)
        return Answer(status: head.status, mode: mode)
    }
}
