import Foundation
import LambdaExtension
import Synchronization
import Testing
import ToolsTestSupport

/// Lambda, the extension and a function, on one event loop in one test.
final class Scene {
    let loop: EventLoop
    let lambda: Lambda
    /// Where the extension listens, unless its settings say otherwise.
    let address: SocketAddress
    private(set) var process: ExtensionProcess
    private var control: Function?
    /// Connections stay open until the test closes them.
    private var functions: [Function] = []

    /// Starts the extension.
    ///
    /// - Parameters:
    ///   - settings: variables beside the two with the addresses, or in place of them; nil takes one away.
    ///   - command: what to start in place of the extension alone.
    ///   - host: what to call the machine that Lambda's API is on.
    ///   - path: the path that the extension is to put before every other.
    ///   - other: an address at which the extension listens too.
    ///   - prepare: done to Lambda before the extension starts.
    init(
        _ settings: [String: String?] = [:], command: [String] = Binary.command,
        host: String = "127.0.0.1", path: String = "", alsoAt other: String? = nil,
        prepare: (Lambda, SocketAddress, EventLoop) throws -> Void = { _, _, _ in }
    ) throws {
        loop = try EventLoop()
        lambda = try Lambda(on: loop)
        address = Self.freeAddress()
        try prepare(lambda, address, loop)
        var environment: [String: String?] = [
            "AWS_LAMBDA_RUNTIME_API": "\(host):\(lambda.port)\(path)",
            "POSTINVOKE_ADDRESS": address.description + (other.map { ",\($0)" } ?? ""),
        ]
        environment.merge(settings) { $1 }
        process = try ExtensionProcess(on: loop, command, environment: environment.compactMapValues { $0 })
    }

    /// Starts the extension and waits until it has asked for its first event.
    static func polling(
        _ settings: [String: String?] = [:], command: [String] = Binary.command, host: String = "127.0.0.1",
        alsoAt other: String? = nil
    ) throws -> Scene {
        let scene = try Scene(settings, command: command, host: host, alsoAt: other)
        try scene.expectNext(1)
        return scene
    }

    /// The same with a function that has opened a session.
    static func inSession(_ settings: [String: String?] = [:]) throws -> (scene: Scene, function: Function) {
        let scene = try polling(settings)
        return (scene, try scene.openSession())
    }

    /// The same with an invocation that is held for the function.
    static func holding(_ id: String) throws -> (scene: Scene, function: Function) {
        let (scene, function) = try inSession()
        try scene.hold(id)
        return (scene, function)
    }

    /// Addresses that nobody else has: a loopback network has room for one of each process, so that no port has to be
    /// guessed and none can be taken.
    private static func freeAddress() -> SocketAddress {
        let pid = UInt32(truncatingIfNeeded: getpid()) & 0x3F_FFFF
        let port = UInt16(10_000 + counter.wrappingAdd(1, ordering: .relaxed).oldValue % 20_000)
        return .ipv4(0x7F40_0000 | pid, port: port)
    }

    private static let counter = Atomic<Int>(0)

    // MARK: Waiting

    /// Runs the loop until `condition` holds; fails the test when that takes too long.
    ///
    /// - Parameter interval: how often to look at what no event reports; nil looks after every round of the loop.
    func wait(for what: String, every interval: Duration? = nil, until condition: () throws -> Bool) throws {
        let deadline = Instant.now + RunningProgram.patience
        while try !condition() {
            guard Instant.now < deadline else {
                throw WaitedInVain(
                    what: what, calls: lambda.calls.map { "\($0, default: "?")" }, output: process.standardError)
            }
            try loop.runOnce(until: interval.map { .now + $0 } ?? deadline)
        }
    }

    /// Waits until Next was asked `count` times in all, and checks that it was not asked more often.
    func expectNext(_ count: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try wait(for: "Next \(count)") { lambda.nextCount >= count }
        #expect(lambda.nextCount == count, sourceLocation: sourceLocation)
    }

    /// Waits until an invocation is held, and checks that Next was not asked meanwhile.
    func expectHold(_ id: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let before = lambda.nextCount
        var status = try self.status()
        try wait(for: "the hold of \(id)", every: .milliseconds(1)) {
            if status.requestId != id { status = try self.status() }
            return status.requestId == id || lambda.nextCount > before
        }
        #expect(status.state == "holding", sourceLocation: sourceLocation)
        #expect(lambda.nextCount == before, "was not held", sourceLocation: sourceLocation)
    }

    /// Invokes the function, and waits until Next was asked `count` times in all.
    func invoke(
        _ id: String, deadline: Int64? = nil, next count: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try lambda.invoke(id, deadline: deadline)
        try expectNext(count, sourceLocation: sourceLocation)
    }

    /// Invokes the function, and waits until the invocation is held.
    func hold(_ id: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try lambda.invoke(id)
        try expectHold(id, sourceLocation: sourceLocation)
    }

    /// Has an invocation held and ended with its done, whereupon Next was asked `count` times in all.
    func cycle(
        _ function: Function, _ id: String, next count: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try hold(id, sourceLocation: sourceLocation)
        try release(function, id, next: count, sourceLocation: sourceLocation)
    }

    /// Says that the work is done, whereupon Next was asked `count` times in all.
    func release(
        _ function: Function, _ id: String?, next count: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(try ask(function, done(id)).status == 200, sourceLocation: sourceLocation)
        try expectNext(count, sourceLocation: sourceLocation)
    }

    /// Waits until the extension has so many connections.
    func expectConnections(_ count: Int) throws {
        try wait(for: "\(count) connections", every: .milliseconds(1)) { try status().connections == count }
    }

    /// Waits for the end, and checks, where a number is given, that so many lines were said on standard error.
    func expectEnd(
        _ end: ExtensionProcess.End, lines: Int? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try wait(for: "the end") { process.hasEnded() }
        #expect(process.end == end, "\(process.standardError)", sourceLocation: sourceLocation)
        guard let lines else { return }
        #expect(process.errorLines.count == lines, "\(process.standardError)", sourceLocation: sourceLocation)
    }

    /// Answers Next with the end, and waits for it.
    func shutDown(sourceLocation: SourceLocation = #_sourceLocation) throws {
        try lambda.shutDown()
        try expectEnd(.exit(0), sourceLocation: sourceLocation)
    }

    // MARK: The function's side

    /// Connects to the extension.
    ///
    /// - Parameters:
    ///   - other: where, if not at its usual address.
    ///   - toleratesFailure: whether a connection that cannot be made is only closed.
    func connect(to other: SocketAddress? = nil, toleratesFailure: Bool = false) throws -> Function {
        let function = try Function(on: loop, other ?? address, toleratesFailure: toleratesFailure)
        functions.append(function)
        return function
    }

    /// Sends a request and waits for its answer.
    @discardableResult
    func ask(_ function: Function, _ request: String) throws -> Function.Answer {
        let count = function.answers.count
        function.send(request)
        try wait(for: "the answer to \(request.prefix { $0 != "\r\n" })") {
            function.answers.count > count || function.isClosed
        }
        try #require(function.answers.count > count, "the connection was closed")
        return function.answers[count]
    }

    /// Connects and opens a session, unless given a process that is not there, for which the connection stands.
    func openSession(_ pid: Int = nobody) throws -> Function {
        let function = try connect()
        #expect(try ask(function, check(session: pid)).status == 200)
        return function
    }

    /// Asks for the status page, over a connection of its own.
    func status() throws -> Status {
        let control = try self.control ?? connect()
        self.control = control
        let answer = try ask(control, request("GET /status"))
        return try JSONDecoder().decode(Status.self, from: Data(answer.body.utf8))
    }
}

/// Something that did not happen in time, and what had happened by then.
struct WaitedInVain: Error, CustomStringConvertible {
    let what: String
    let calls: [String]
    let output: String

    var description: String { "waited in vain for \(what); calls: \(calls.joined(separator: ", ")); output: \(output)" }
}
