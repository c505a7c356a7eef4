import Foundation
import Sandbox
import Testing
import ToolsTestSupport

/// A sandbox of this very process, with the test function and the extension, whose processes are struck at chosen moments.
///
/// Nothing here sleeps: it runs the loop until what is waited for has come, or the deadline has.
final class FaultStage: Observer {
    let loop: EventLoop
    let sandbox: Sandbox
    private(set) var lines: [String] = []
    private(set) var outcomes: [String: SandboxCore.Outcome] = [:]
    private(set) var reports: [String: InvocationReport] = [:]
    private(set) var stops: [StopReport] = []
    private(set) var isFrozen = false
    /// Asked of each note; true when it was the one that was waited for.
    private var trigger: ((Note) -> Bool)?
    private var timers: [EventLoop.Timer] = []
    /// The processes there were at the moment that was waited for: a strike some time after it must not meet those of
    /// the next life.
    private var meant: [String: Int32]?

    /// - Parameters:
    ///   - timeout: the function's; long enough never to come, for faults that are no timeout.
    ///   - faults: wrong answers of the APIs.
    init(timeout: Duration = .seconds(60), faults: [AnswerFault] = [], environment: [String: String] = [:]) throws {
        loop = try EventLoop()
        var settings = Settings(
            function: try Program.testFunction().path, extensions: [try Program.postinvoke().path])
        settings.timeout = timeout
        settings.initLimit = timeout
        // Longer than Lambda grants: how busy the machine is, is not judged.
        settings.shutdownLimit = timeout / 2
        settings.faults = faults
        settings.logLevel = "DEBUG"
        settings.environment = [
            ("POSTINVOKE_ADDRESS", "unix:@postinvoke-fault-\(getpid())-\(UUID().uuidString.prefix(8))"),
            ("SWIFT_BACKTRACE", "enable=no"),
            // The time the function waits for a stopped extension is part of the test.
            ("TEST_FUNCTION_LIMITS", "product"),
        ]
        for (name, value) in environment { settings.environment.append((name, value)) }
        sandbox = Sandbox(loop: loop, settings: settings, inherited: ProcessInfo.processInfo.environment)
        sandbox.observers = [Relay(to: self)]
    }

    /// The name of the extension's process.
    var extensionName: String { Settings.fileName(of: sandbox.settings.extensions[0]) }

    /// The sandbox's name of a victim.
    func name(of victim: Victim) -> String { victim == .function ? "function" : extensionName }

    func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {
        switch happening {
        case .output(_, let line): lines.append(line.string)
        case .answered(let id, let outcome, _): outcomes[id] = outcome
        case .note(let note): observe(note)
        case .platform(let record): lines += record.lines(for: sandbox.settings)
        }
    }

    private func observe(_ note: Note) {
        switch note {
        case .invocationEnded(let report): reports[report.id] = report
        case .stopped(let report): stops.append(report)
        case .frozen: isFrozen = true
        case .thawed: isFrozen = false
        default: break
        }
        guard let trigger, trigger(note) else { return }
        self.trigger = nil
        struck = false
    }

    /// True if the work at the trigger has been done; nil before the trigger.
    private(set) var struck: Bool?

    /// Calls `act` some microseconds after the first note for which `condition` holds.
    ///
    /// The stage keeps `act`, which therefore is given the stage and does not keep it.
    func after(_ microseconds: Int, of condition: @escaping (Note) -> Bool, _ act: @escaping (FaultStage) -> Void) {
        struck = nil
        meant = nil
        let timer = loop.makeTimer { [unowned self] in
            act(self)
            struck = true
        }
        timers.append(timer)
        trigger = { [unowned self] note in
            guard condition(note) else { return false }
            meant = sandbox.processNumbers
            timer.arm(after: .microseconds(microseconds))
            return true
        }
    }

    /// Calls `act` after a time, with this stage.
    func after(_ duration: Duration, _ act: @escaping (FaultStage) -> Void) {
        let timer = loop.makeTimer { [unowned self] in act(self) }
        timers.append(timer)
        timer.arm(after: duration)
    }

    /// Sends a signal to a process and all that it started; false when it is not there.
    @discardableResult
    func strike(_ victim: Victim, _ signal: Int32) -> Bool {
        let name = name(of: victim)
        guard let process = sandbox.processNumbers[name] else { return false }
        if let meant, meant[name] != process { return false }
        return kill(-process, signal) == 0
    }

    /// Runs the loop until a condition holds.
    func run(_ what: String, sourceLocation: SourceLocation = #_sourceLocation, until condition: () -> Bool) throws {
        let deadline = Instant.now + RunningProgram.patience
        while !condition() {
            guard .now < deadline else { throw TestFailure("waited in vain for \(what); log:\n\(transcript)") }
            try loop.runOnce(until: min(deadline, .now + .milliseconds(20)))
        }
    }

    /// Invokes and does not wait.
    func start(_ event: String) -> String { sandbox.invoke(Array(event.utf8)) { _ in } }

    /// Invokes and waits until the invocation has ended and its caller was answered.
    func invoke(_ event: String) throws -> (outcome: SandboxCore.Outcome, report: InvocationReport) {
        let id = start(event)
        return try end(of: id)
    }

    /// Waits until an invocation has ended and its caller was answered.
    func end(of id: String) throws -> (outcome: SandboxCore.Outcome, report: InvocationReport) {
        try run("the end of \(id)") { outcomes[id] != nil && reports[id] != nil }
        return (outcomes[id]!, reports[id]!)
    }

    /// Shuts down and waits until all is over.
    func shutdown() throws -> StopReport {
        sandbox.shutdown()
        try run("the shutdown") { sandbox.isClosed }
        return stops.last!
    }

    /// The lines that a failing test shows.
    var transcript: String { lines.map { "    | \($0)\n" }.joined() }
}

/// The process that is struck.
enum Victim: String, CaseIterable, CustomTestStringConvertible {
    case function, `extension`

    var other: Victim { self == .function ? .extension : .function }
    var testDescription: String { rawValue }
}

extension SandboxCore.Outcome {
    /// In a word: `response`, or the type of the error.
    var word: String { errorType ?? "response" }
}
