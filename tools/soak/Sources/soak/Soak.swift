import ArgumentParser
import Charts
import Glibc
import Sandbox
import SandboxService
import SoakCore
import Terminal
import Version

/// Runs the whole, many times over, and accounts for every closure.
@main
struct Soak: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soak",
        abstract:
            "Invokes a function with random closures under the sandbox, kills processes, and accounts for everything.",
        discussion: """
            Exit codes:
              0   all invocations were made, every closure ran once or was lost for a cause of the run's own, and memory and
                  descriptors stayed flat
              1   something is not accounted for, or not flat, whether a signal came or not
              64  an argument is wrong
              71  the system gave no descriptor or no pipe
              73  the report cannot be created
              129, 130, 143
                  SIGHUP, SIGINT or SIGTERM came before the end; what ran is accounted for
            """,
        version: "soak \(postinvokeVersion)")

    @Option(help: ArgumentHelp("How many invocations to make.", valueName: "n"))
    var invocations = 20_000

    @Option(help: ArgumentHelp("Repeats the plan of an earlier run. (default: random)", valueName: "s"))
    var seed: UInt64?

    @Option(
        help: ArgumentHelp(
            "Emulate Managed Instances with this many workers, each with one event at a time. (default: on demand)",
            valueName: "workers"))
    var concurrency: Int?

    @Option(
        help: ArgumentHelp("Every handler sleeps this long. (default: as the plan says)", valueName: "milliseconds")
    )
    var handlerSleep: Double?

    @Option(
        help: ArgumentHelp(
            "Invocations in a thousand in which a process is killed. (default: 1, with --concurrency 0.25)",
            valueName: "k"))
    var killPerThousand: Double?

    @Option(help: ArgumentHelp("In a thousand: a process is stopped for some milliseconds.", valueName: "n"))
    var stallPerThousand = 2.0

    @Option(
        help: ArgumentHelp(
            "In a thousand: a closure does not end before the deadline. (default: 0.05, with --concurrency 2)",
            valueName: "n"))
    var overrunPerThousand: Double?

    @Option(
        help: ArgumentHelp(
            "In a thousand: the handler does not end before the timeout. (default: 0.025, with --concurrency 2)",
            valueName: "n"))
    var hangPerThousand: Double?

    @Option(help: ArgumentHelp("Write the report, one HTML page with its pictures.", valueName: "file.html"))
    var report: String?

    @Option(help: ArgumentHelp("Write the sandbox's log of the run.", valueName: "file"))
    var log: String?

    @Option(help: ArgumentHelp("The function's timeout.", valueName: "seconds"))
    var timeout = 2.0

    @Option(
        name: .customLong("extension"), help: ArgumentHelp("The extension's executable.", valueName: "path"))
    var extensionPath: String

    @Option(
        name: .customLong("env"), help: ArgumentHelp("A variable for all processes.", valueName: "name=value"))
    var variables: [String] = []

    @Option(help: ArgumentHelp("The function; by default the one beside this program.", valueName: "path"))
    var function: String?

    func validate() throws {
        guard (1...Int(UInt32.max)).contains(invocations) else {
            throw ValidationError("--invocations \(invocations): must be at least 1 and less than 2^32")
        }
        if let concurrency, !Configuration.concurrencies.contains(concurrency) {
            throw ValidationError("--concurrency \(concurrency): must be between 1 and 4096")
        }
        if let handlerSleep, !(0...1000 * timeout / 2).contains(handlerSleep) {
            throw ValidationError("--handler-sleep \(handlerSleep): must be between 0 and half of the timeout")
        }
        let rates = [
            ("kill", killPerThousand ?? 0), ("stall", stallPerThousand), ("overrun", overrunPerThousand ?? 0),
            ("hang", hangPerThousand ?? 0),
        ]
        for (name, rate) in rates where !(0...1000).contains(rate) {
            throw ValidationError("--\(name)-per-thousand \(rate): must be between 0 and 1000")
        }
        guard timeout >= 1, timeout <= 900 else {
            throw ValidationError("--timeout \(timeout): must be between 1 and 900 seconds")
        }
        for path in [extensionPath, functionPath] where access(path, X_OK) != 0 {
            throw ValidationError("\(path): \(Errno(rawValue: errno).text.string)")
        }
    }

    func run() throws {
        let page = try report.map { try Self.create($0) }
        var plan = Plan(
            seed: seed ?? .random(in: 0 ... .max), killsPerThousand: killPerThousand ?? (concurrency == nil ? 1 : 0.25))
        plan.stallsPerThousand = stallPerThousand
        // Closures that take until the deadline hold everything up when one event is handled at a time; with many, a
        // kill would mostly come first.
        plan.overrunsPerThousand = overrunPerThousand ?? (concurrency == nil ? 0.05 : 2)
        plan.hangsPerThousand = hangPerThousand ?? (concurrency == nil ? 0.025 : 2)
        plan.concurrency = concurrency
        plan.handlerSleep = handlerSleep.map { Int($0 * 1000) }
        say(
            "seed \(plan.seed), \(invocations.grouped) invocations"
                + (concurrency.map { ", \($0.grouped) at a time" } ?? ""))
        var findings = Findings(plan: plan, planned: invocations)
        do throws(Errno) {
            findings = try drive(findings)
        } catch {
            say(error.text.string)
            throw ExitCode(71)
        }
        print(findings.summary)
        if let page { try page.writeAll(findings.page) }
        if findings.exitCode != 0 { throw ExitCode(findings.exitCode) }
    }

    private func drive(_ findings: Findings) throws(Errno) -> Findings {
        let loop = try EventLoop()
        let pipe = try LedgerPipe()
        defer { pipe.remove() }
        // Killed on purpose by the thousand: nobody wants their remains.
        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
        var settings = Settings(function: Self.absolute(functionPath), extensions: [Self.absolute(extensionPath)])
        settings.timeout = .milliseconds(Int64(timeout * 1000))
        if let concurrency {
            settings.kind = .managedInstances
            settings.concurrency = concurrency
            // Waits for the machine are not of interest here: the runtime limits itself to less.
            settings.shutdownLimit = .seconds(2)
            settings.initLimit = .seconds(60)
        } else {
            // The extension then says of each hold why it ended.
            settings.logLevel = "DEBUG"
        }
        let process = getpid()
        settings.environment = [
            ("SOAK_PLAN", findings.plan.text), ("SOAK_LEDGER", pipe.path), ("SWIFT_BACKTRACE", "enable=no"),
            // An address that no other run on this machine has.
            ("POSTINVOKE_ADDRESS", "127.\(100 + process >> 16 & 63).\(process >> 8 & 255).\(process & 255):1339"),
        ]
        for variable in variables {
            let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            settings.environment.append((parts[0], parts.count > 1 ? parts[1] : ""))
        }
        let sandbox = Sandbox(loop: loop, settings: settings)
        let driver: Driver =
            if let concurrency {
                ConcurrentDriver(workers: concurrency, findings: findings, loop: loop, sandbox: sandbox, pipe: pipe)
            } else {
                SequentialDriver(findings: findings, loop: loop, sandbox: sandbox, pipe: pipe)
            }
        let line = ProgressLine()
        driver.onProgress = line.show
        let service = Service(loop: loop, program: "soak", tellsFailures: false) { driver.progress.line }
        service.isAlive = { driver.isAlive }
        driver.onFault = service.tellUnaccounted
        driver.onFinish = { service.stopping(nil) }
        sandbox.observers.append(service)
        for signal in StopSignal.allCases {
            try loop.handleSignal(signal.rawValue) {
                // No terminal hangs up on a service: its manager's SIGHUP asks how things stand.
                if signal == .hangUp, service.isManaged { return service.tellStatus(driver.progress.line) }
                service.stopping(signal.name)
                driver.stop(by: signal)
            }
        }
        signal(SIGPIPE, SIG_IGN)
        let console = try log.map { path throws(Errno) in
            let number = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard number >= 0 else { throw Errno(rawValue: errno) }
            return Console(
                loop: loop, descriptor: number, style: Console.Style(hasTimestamps: true),
                settings: sandbox.settings)
        }
        if let console { sandbox.observers.append(console) }
        defer { line.finish() }
        try driver.run()
        console?.flush()
        if !driver.findings.isGood { service.tellUnaccounted("not everything is accounted for, or not flat") }
        return driver.findings
    }

    private var functionPath: String {
        if let function { return function }
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let own = String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return own.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/soak-function"
    }

    private static func absolute(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func create(_ path: String) throws -> FileDescriptor {
        do {
            return try FileDescriptor.create(path)
        } catch {
            say("--report \(path): \(error.text.string)")
            throw ExitCode(73)
        }
    }
}

/// Says something on standard error.
func say(_ text: String) { say(text, as: "soak") }
