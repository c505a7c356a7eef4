import CLinux
import Foundation
import PostInvoke
import Reactor
import ServiceFakes
import TestSupport

/// The layer's extension as a process of its own, beside a fake Extensions API.
final class ExtensionProcess: Sendable {
    /// The part of `GET /status` that is examined here.
    struct Status: Decodable {
        let state: String
        let requestId: String?
        let holds: Int
        let releases: [String: Int]
        let stale: Int
        let connections: Int
    }

    /// Something was never so.
    struct WaitedInVain: Error { let last: Status }

    let api: FakeService
    /// Where it listens.
    let address: String
    private let process = Process()
    private let ends = Log<Void>()

    /// Starts it, and returns when it asks for its first event.
    ///
    /// - Parameter address: where it is to listen; nil for a Unix socket that nobody else has.
    init(at address: String? = nil) async throws {
        api = try await FakeExtensionsAPI.start()
        self.address = address ?? "unix:@postinvoke-test-\(UInt64.random(in: 0 ... .max))"
        process.executableURL = Bundle.main.executableURL!.deletingLastPathComponent().appending(path: "postinvoke")
        process.environment = ["AWS_LAMBDA_RUNTIME_API": api.address, "POSTINVOKE_ADDRESS": self.address]
        process.terminationHandler = { [ends] _ in ends.append(()) }
        try process.run()
        try await api.expect("POST", "/2020-01-01/extension/register")
        try await expectNext()
    }

    /// Waits until it asks for an event.
    func expectNext() async throws { try await api.expect("GET", "/2020-01-01/extension/event/next") }

    /// Stops it as the kernel does, and returns when it stands still.
    func stop() {
        CLinux.kill(process.processIdentifier, SIGSTOP)
        var information = siginfo_t()
        while waitid(P_PID, id_t(process.processIdentifier), &information, WSTOPPED | WNOWAIT) != 0, errno == EINTR {}
    }

    /// Lets it go on.
    func goOn() { CLinux.kill(process.processIdentifier, SIGCONT) }

    /// The number of times that something was said through each page: the counters of the eventfds (proc(5)).
    func pageUses() throws -> [Int] {
        let folder = "/proc/\(process.processIdentifier)/fdinfo"
        var uses: [Int] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            guard let text = try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) else { continue }
            for line in text.split(separator: "\n") where line.hasPrefix("eventfd-count:") {
                uses.append(Int(line.dropFirst(14).filter { $0 != " " && $0 != "\t" }, radix: 16) ?? -1)
            }
        }
        return uses.sorted()
    }

    /// The number of pages that it has mapped.
    func pageCount() throws -> Int {
        // Foundation reads such a file only as far as the kernel gives it at once.
        let maps = FileDescriptor(
            rawValue: clinux_open("/proc/\(process.processIdentifier)/maps", O_RDONLY | O_CLOEXEC, 0))
        var text = Buffer()
        while case .bytes(let count) = try maps.read(into: text.reserve(4_096)) { text.commit(count) }
        return text.readable.string.split(separator: "\n").count { $0.contains("memfd:postinvoke") }
    }

    /// Ends it as the kernel ends who uses too much memory, and the fake API; returns when it has ended.
    func kill() async throws {
        CLinux.kill(process.processIdentifier, SIGKILL)
        try await ends.next()
        api.stop()
    }

    /// Waits until it holds an invocation.
    func waitForHold(of requestID: String) throws { try wait { $0.requestId == requestID && $0.state == "holding" } }

    /// Asks for its status until it is as it should be.
    func wait(until isSo: (Status) throws -> Bool) throws {
        let deadline = Instant.now + patience
        while case let status = try self.status(), try !isSo(status) {
            guard Instant.now < deadline else { throw WaitedInVain(last: status) }
        }
    }

    /// Asks for its status over a connection that ends with the answer.
    func status() throws -> Status {
        let peer = try extensionAddress(address).socket
        let socket = try Socket.connect(to: peer)
        try socket.block(noLongerThan: patience)
        var request = Buffer()
        "GET /status HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n".withByteView { request.append($0) }
        _ = try socket.write(request.readable)
        var answer = Buffer()
        while case .bytes(let count) = try socket.read(into: answer.reserve(1_024)) { answer.commit(count) }
        let body = answer.readable.string.split(separator: "\r\n\r\n").last ?? ""
        return try JSONDecoder().decode(Status.self, from: Data(body.utf8))
    }

    /// Ends it with SIGTERM, and the fake API.
    func end() async throws {
        process.terminate()
        do { try await ends.next() } catch {
            CLinux.kill(process.processIdentifier, SIGKILL)
            throw error
        }
        api.stop()
    }
}
