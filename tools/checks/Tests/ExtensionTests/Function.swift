import Foundation
import Hold
import LambdaExtension
import Testing

/// A connection to the extension, as a function's SDK has one: bytes out, answers in.
final class Function {
    /// An answer, copied.
    struct Answer: Equatable {
        let status: Int
        let fields: [String: String]
        let body: String
    }

    private let loop: EventLoop
    private var socket: OwnedSocket?
    private var token: Token?
    private var input = Buffer()
    private var fields = FieldTable()
    private(set) var answers: [Answer] = []
    /// True if the extension has ended the connection.
    private(set) var isClosed = false
    private(set) var isConnected = false
    /// The page that the extension passed last.
    private(set) var page: PassedPage?
    private var unsent = ""
    private let toleratesFailure: Bool
    /// For whoever counts the invocations whose work is done.
    var lastDone = 0

    init(on loop: EventLoop, _ address: SocketAddress, toleratesFailure: Bool = false) throws {
        self.loop = loop
        self.toleratesFailure = toleratesFailure
        let socket = OwnedSocket(try Socket.connect(to: address))
        token = try loop.register(socket.socket.descriptor, for: [.read, .write]) { [unowned self] event in ready(event)
        }
        self.socket = socket
    }

    deinit { close() }

    /// Sends bytes, as soon as there is a connection.
    func send(_ text: String) {
        unsent += text
        if isConnected { flush() }
    }

    /// Ends the connection.
    func close() {
        if let token { loop.deregister(token) }
        token = nil
        socket = nil
        isClosed = true
    }

    /// Ends the connection with a reset, as the kernel does for a process that dies with bytes unread.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        let number = socket?.socket.descriptor.rawValue ?? -1
        setsockopt(number, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        close()
    }

    /// Takes in what has arrived, outside of the loop's turn.
    func receive() {
        while token != nil, !isClosed, read() {}
    }

    private func ready(_ event: Event) {
        if !isConnected {
            if let error = try? socket?.socket.takeError() {
                if !toleratesFailure { Issue.record("cannot connect to the extension: \(error)") }
                return close()
            }
            isConnected = true
            if let token { try? loop.reregister(token, for: .read) }
            return flush()
        }
        if event.isReadable { _ = read() }
    }

    private func flush() {
        guard !unsent.isEmpty else { return }
        let sent = unsent.withByteView { try? socket?.socket.write($0) }
        guard case .bytes(unsent.utf8.count)? = sent else { return close() }
        unsent = ""
    }

    /// Reads once; false when nothing is there.
    private func read() -> Bool {
        let room = input.reserve(4_096)
        guard let result = try? socket?.socket.read(into: room, pair: { page = PassedPage(file: $0, bell: $1) }) else {
            close()
            return false
        }
        switch result {
        case .wouldBlock: return false
        case .endOfStream:
            close()
            return false
        case .bytes(let count):
            input.commit(count)
            while let answer = nextAnswer() { answers.append(answer) }
            return true
        }
    }

    private func nextAnswer() -> Answer? {
        let bytes = input.readable
        guard case .complete(let head, let length)? = try? parseResponseHead(bytes, fields: &fields),
            case .length(let bodyCount) = head.framing(toHead: false), bytes.count >= length + Int(bodyCount)
        else { return nil }
        let lines = head.fields(in: bytes, fields)
        var fields: [String: String] = [:]
        for index in 0..<lines.count { fields[lines[index].name.string] = lines[index].value.string }
        let body = bytes[length..<length + Int(bodyCount)].string
        input.consume(length + Int(bodyCount))
        return Answer(status: head.status, fields: fields, body: body)
    }
}

/// The function's end of a page, to be used as it should be, or not.
final class PassedPage {
    private var page: DonePage
    let memory: SharedMemory
    let bell: FileDescriptor

    init(file: borrowing FileDescriptor, bell: consuming FileDescriptor) {
        if !SharedMemory.isReliable(file) { Issue.record("memory was passed that is not sealed") }
        do { memory = try SharedMemory(mapping: file) } catch { fatalError("cannot map what was passed: \(error)") }
        page = DonePage(memory)
        self.bell = bell
    }

    var isFree: Bool { page.isFree }

    /// Says that an invocation is done, if what was said before was taken; false if it was not.
    func tell(_ id: String) -> Bool {
        page.isFree && id.withByteView { page.write($0.rawBuffer) } && bell.ring()
    }
}

/// A socket that can be let go while its owner stays.
final class OwnedSocket {
    let socket: Socket
    init(_ socket: consuming Socket) { self.socket = socket }
}

/// A request of the local protocol in the form that most clients send it.
func request(_ line: String, _ fields: [String: String] = [:]) -> String {
    let lines = fields.map { "\($0): \($1)\r\n" }.sorted().joined()
    return "\(line) HTTP/1.1\r\nHost: 127.0.0.1:1339\r\n\(lines)\r\n"
}

/// The number of no process: larger than any that Linux gives (proc(5), pid_max).
let nobody = 4_194_304 + 7

/// `GET /check`, with a session or without, and perhaps with a wish for a page.
func check(session pid: Int? = nil, page form: String? = nil) -> String {
    var fields: [String: String] = [:]
    if let pid { fields["Postinvoke-Session"] = "\(pid)" }
    if let form { fields["Postinvoke-Page"] = form }
    return request("GET /check", fields)
}

/// `POST /done`, for an invocation or without saying which.
func done(_ id: String? = nil) -> String {
    request(
        "POST /done", (id.map { ["Lambda-Runtime-Aws-Request-Id": $0] } ?? [:]).merging(["Content-Length": "0"]) { $1 })
}
