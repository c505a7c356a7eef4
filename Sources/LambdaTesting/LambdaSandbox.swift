import Bytes
import FoundationEssentials
import HostProcess
import Sandbox
import SandboxCore
import Synchronization

/// A function and its extensions in an execution environment of Lambda that this machine plays, for tests.
///
/// The processes are real, and so are the freezes between invocations, the time limits and the Runtime, Extensions and Telemetry
/// APIs. A sandbox has an event loop on a thread of its own, and ports of its own: many may run at a time.
///
/// Nothing waits longer than ``Settings/patience``, and what was not met in that time is a ``Failure`` that shows the log. With
/// the last reference to a sandbox, or with the test's process, its processes are killed.
public final class LambdaSandbox: Sendable {
    private let thread: LoopThread<@Sendable (Stage) -> Void>
    private let waits = Atomic<UInt64>(0)

    private init(thread: LoopThread<@Sendable (Stage) -> Void>) { self.thread = thread }

    /// Starts the processes of an environment; it is initialized while the test goes on.
    ///
    /// - Parameters:
    ///   - function: the name of an executable that is built beside the tests, which therefore depend on its target; or a
    ///     path, known by a slash.
    ///   - extensions: the same for external extensions, in the order in which they start. Lambda knows each by its file's name.
    ///   - settings: the function's settings, and how long a test waits.
    /// - Throws: ``Failure`` where there is no such executable, or a setting is out of range.
    public static func start(
        _ function: String, extensions: [String] = [], settings: Settings = Settings()
    ) async throws(Failure) -> LambdaSandbox {
        let inherited = ProcessInfo.processInfo.environment
        let programs = try settings.forSandbox(function: function, extensions: extensions)
        let patience = settings.patience
        do {
            return LambdaSandbox(
                thread: try await LoopThread.start { loop, _ in
                    let stage = Stage(
                        Sandbox(loop: loop, settings: programs, inherited: inherited), patience: patience)
                    stage.sandbox.start()
                    return { message in message(stage) }
                })
        } catch {
            throw Failure("no event loop for a sandbox: \(error.text.string)")
        }
    }

    deinit { thread.send { stage in stage.end() } }

    // MARK: Invocations

    /// Invokes the function, and returns once its caller would have the answer: work after the response may still go on, see
    /// ``report(of:)``.
    ///
    /// On demand, invocations that overlap wait for their turn. Where the function fails, the response has an
    /// ``Response/errorType``.
    ///
    /// - Parameter event: the event, which is encoded as JSON.
    /// - Throws: ``Failure`` where the event cannot be encoded, and when there was no answer in time.
    public func invoke(_ event: some Encodable) async throws(Failure) -> Response {
        let bytes: [UInt8]
        do {
            bytes = Array(try JSONEncoder().encode(event))
        } catch {
            throw Failure("the event cannot be encoded: \(error)")
        }
        return try await answer(to: bytes)
    }

    /// Invokes the function with an event that is JSON already.
    ///
    /// - Throws: ``Failure`` where it is no JSON, and when there was no answer in time.
    public func invoke(json event: String = "{}") async throws(Failure) -> Response {
        if let fault = event.withByteView({ JSONFault(in: $0) }) { throw Failure("the event is not JSON: \(fault)") }
        return try await answer(to: Array(event.utf8))
    }

    private func answer(to event: [UInt8]) async throws(Failure) -> Response {
        try await wait(for: "the answer to an invocation") { stage in
            let id = stage.sandbox.invoke(event) { _ in }
            return { stage.responses[id] }
        }
    }

    /// Waits for the end of an invocation, when the function and all extensions have asked for the next event.
    ///
    /// - Throws: ``Failure`` when it has not ended in time, and at once for one that never began, as when the environment
    ///   was shut down first.
    public func report(of response: Response) async throws(Failure) -> Report {
        try await wait(for: "the end of invocation \(response.id)") { stage in
            { stage.report(of: response.id) }
        } orGiveUp: { stage in
            stage.hasBegun(response.id) ? nil : "invocation \(response.id) never began: \(response.text)"
        }
    }

    // MARK: What happens

    /// The log so far, as CloudWatch shows it: what the processes write, and what the service says.
    public var lines: [String] { get async { await ask { $0.lines } } }

    /// Waits for a line of the log, from its beginning on.
    ///
    /// - Parameters:
    ///   - text: a part of the line.
    ///   - occurrence: which of the lines that contain the text, counted from 1.
    /// - Throws: ``Failure`` when it has not come in time.
    @discardableResult
    public func line(containing text: String, occurrence: Int = 1) async throws(Failure) -> String {
        try await find(occurrence, "a line with \"\(text)\"", in: { $0.lines }) { $0.contains(text) }
    }

    /// Waits for an event of the service, as the Telemetry API tells it in its schema 2025-01-29; subscribers or none.
    ///
    /// - Parameters:
    ///   - type: the event's type, such as `platform.runtimeDone`.
    ///   - occurrence: which of these events, counted from 1.
    /// - Returns: the event, a JSON object with `time`, `type` and `record`.
    /// - Throws: ``Failure`` when it has not come in time.
    @discardableResult
    public func telemetry(_ type: String, occurrence: Int = 1) async throws(Failure) -> String {
        try await find(occurrence, "an event \(type)", in: { $0.events }) { $0.type == type }.json
    }

    /// The present phase of the environment.
    public var state: State { get async { await ask { $0.states.last! } } }

    /// Waits until the environment is in a state, or was since this call.
    ///
    /// - Throws: ``Failure`` when it was not in time.
    public func wait(until state: State) async throws(Failure) {
        _ = try await wait(for: "the state \(state)") { stage in
            var position = stage.states.count - 1
            return { stage.next(in: stage.states, after: &position) { $0 == state } }
        }
    }

    // MARK: What goes wrong

    /// Has a coming call of Lambda's APIs answered wrongly.
    ///
    /// - Parameter fault: as `lambda-sandbox run --fault` takes it: `response:500`, or `event-next:reset@2` for the second
    ///   such call from now, or `@*` for all of them.
    /// - Throws: ``Failure`` where it is no fault.
    public func inject(_ fault: String) async throws(Failure) {
        let fault = try Settings.fault(fault)
        await ask { $0.sandbox.inject(fault) }
    }

    /// Sends a signal to a process and its group: SIGKILL ends it, SIGSTOP and SIGCONT take away its processor
    /// for a while.
    ///
    /// - Parameters:
    ///   - signal: its number.
    ///   - process: `function`, or the name of an extension.
    /// - Throws: ``Failure`` where no such process runs.
    public func send(_ signal: Int32, to process: String = "function") async throws(Failure) {
        let running: [String]? = await ask { stage in
            stage.sandbox.send(signal, to: process) ? nil : stage.sandbox.processNumbers.keys.sorted()
        }
        guard let running else { return }
        throw Failure("no process \(process) runs; there are: \(running.joined(separator: ", "))")
    }

    /// Ends the environment as Lambda does, with SIGTERM and SHUTDOWN, and waits until all processes have ended.
    ///
    /// - Returns: true if everybody ended in time and with success.
    /// - Throws: ``Failure`` when that was not so in time.
    @discardableResult
    public func shutdown() async throws(Failure) -> Bool {
        try await wait(for: "the end of the environment") { stage in
            stage.sandbox.shutdown()
            return { stage.wasClean }
        }
    }

    // MARK: The loop's thread

    private func ask<Value: Sendable>(_ question: @escaping @Sendable (Stage) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            thread.send { continuation.resume(returning: question($0)) }
        }
    }

    /// Waits for something to be found.
    ///
    /// - Parameters:
    ///   - begin: called on the loop's thread; returns what looks for it, now and after whatever happens.
    ///   - orGiveUp: a reason why it will never be found.
    private func wait<Value: Sendable>(
        for what: String, _ begin: @escaping @Sendable (Stage) -> () -> Value?,
        orGiveUp: @escaping @Sendable (Stage) -> String? = { _ in nil }
    ) async throws(Failure) -> Value {
        let number = waits.add(1, ordering: .relaxed).newValue
        let found: Result<Value, Failure> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                thread.send { stage in
                    let find = begin(stage)
                    stage.wait(number, for: what) { reason in
                        if let value = find() {
                            continuation.resume(returning: .success(value))
                        } else if let reason = reason ?? orGiveUp(stage) {
                            continuation.resume(returning: .failure(Failure(reason)))
                        } else {
                            return false
                        }
                        return true
                    }
                }
            }
        } onCancel: {
            thread.send { $0.cancel(number) }
        }
        return try found.get()
    }

    private func find<Element: Sendable>(
        _ occurrence: Int, _ what: String, in elements: @escaping @Sendable (Stage) -> [Element],
        where isWanted: @escaping @Sendable (Element) -> Bool
    ) async throws(Failure) -> Element {
        try await wait(for: occurrence == 1 ? what : "occurrence \(occurrence) of \(what)") { stage in
            var (position, left) = (0, occurrence)
            return {
                while let element = stage.next(in: elements(stage), after: &position, where: isWanted) {
                    left -= 1
                    if left == 0 { return element }
                }
                return nil
            }
        }
    }
}
