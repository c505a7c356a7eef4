import Foundation
import Sandbox
import Testing
import ToolsTestSupport

/// A sandbox with the test function and the extension, whose processes are struck at chosen moments.
final class FaultStage: SandboxStage {
    let sandbox: Sandbox!
    let record: SandboxRecord
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
        sandbox = Sandbox(
            loop: try EventLoop(), settings: settings, inherited: ProcessInfo.processInfo.environment)
        record = SandboxRecord(of: sandbox)
        record.onNote = { [weak self] in self?.observe($0) }
    }

    /// The name of the extension's process.
    var extensionName: String { Settings.fileName(of: sandbox.settings.extensions[0]) }

    /// The sandbox's name of a victim.
    func name(of victim: Victim) -> String { victim == .function ? "function" : extensionName }

    private func observe(_ note: Note) {
        switch note {
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
        let timer = sandbox.loop.makeTimer { [unowned self] in
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
        let timer = sandbox.loop.makeTimer { [unowned self] in act(self) }
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

    /// Invokes and does not wait.
    func start(_ event: String) -> String { sandbox.invoke(Array(event.utf8)) { _ in } }

    /// Invokes and waits until the invocation has ended and its caller was answered.
    func invoke(_ event: String) throws -> (outcome: SandboxCore.Outcome, report: InvocationReport) {
        try end(of: start(event))
    }
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
