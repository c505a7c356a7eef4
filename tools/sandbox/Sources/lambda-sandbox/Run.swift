import ArgumentParser
import Sandbox

/// `lambda-sandbox run`
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs a function and its extensions, and invokes it.",
        discussion: """
            The processes see the Runtime API and the Extensions API as in Lambda, and are frozen between invocations. \
            Standard output is the function's log as CloudWatch shows it, with a RESPONSE line when the caller has its \
            answer. With --managed-instances many events are handled at a time, nothing is ever frozen, and an invocation \
            for which no worker of the function is idle is refused with 400 Runtime.Unavailable; extensions get no \
            INVOKE, and there is no bill.

            Examples:
              lambda-sandbox run --function bootstrap --event event.json
                  Invoke once, and print what happens.
              lambda-sandbox run --function bootstrap --serve 127.0.0.1:9000
                  Wait for the AWS CLI and the SDKs (--endpoint-url), with a page for browsers.
              lambda-sandbox run --function .build/debug/F --http 127.0.0.1:8080 --watch --build "swift build"
                  Serve the function's URL, and build what changes.
              lambda-sandbox event sqs | lambda-sandbox run --function bootstrap --event -
                  Invoke with a sample event.

            Exit codes:
              0   every invocation succeeded, and the environment shut down cleanly
              1   an invocation failed, or was left undone, or the first build failed
              2   a process died unnoticed, had to be killed at shutdown, or did not end well
              64  an argument is wrong
              69  the address of --serve or --http cannot be listened on
              71  the system gave no descriptor, refused a signal handler, or does not watch so many folders
              73  a file to be written cannot be created
              74  a file could not be written
              130 a signal came before all invocations had ended
            """)

    @Option(
        help: ArgumentHelp(
            "The function: an executable that speaks the Runtime API. Needed without --attach.", valueName: "path"),
        completion: .file())
    var function: String?

    @Option(
        name: .customLong("extension"),
        help: ArgumentHelp("An extension's executable; its file name is its name. Up to ten.", valueName: "path"),
        completion: .file())
    var extensions: [String] = []

    @Option(
        help: ArgumentHelp("The event to invoke with, JSON; - is standard input. (default: {})", valueName: "file"),
        completion: .file())
    var event: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How many times to invoke, at least 1. (default: 1, or no end with --serve or --http)", valueName: "n"))
    var invocations: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The frozen time from an END to the next START, and from a snapshot to its restore; at most 86400.",
            valueName: "seconds"))
    var interval: Double = 0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            The function's timeout, which includes its extensions. At most 900; on Managed Instances 5400, or 900 for an \
            invocation whose caller waits.
            """, valueName: "seconds"))
    var timeout: Double = 3

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            How long the first start may take before it is given up and repeated in the invocation. (default: as Lambda, 10; with \
            --snap-start the greater of the timeout and 130; on Managed Instances, where it is not repeated, 900)
            """, valueName: "seconds"))
    var initLimit: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "With --snap-start, how long the runtime may take after the restore until it asks for an event.",
            valueName: "seconds"))
    var restoreLimit: Double = 10

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            How long the processes may take to end, in every reset and at the shutdown. (default: as Lambda, 0.3 for the \
            function, 0.6 on Managed Instances, and 2 in all)
            """, valueName: "seconds"))
    var shutdownLimit: Double?

    @OptionGroup(title: "Serving")
    var serving: ServingOptions

    @OptionGroup(title: "Watching")
    var watching: WatchOptions

    @Flag(
        help: """
            Do not start the function: print the variables that it needs, and wait until it asks for an event, started by \
            hand or in a debugger. It is never stopped or ended, no time limit of an initialization or invocation holds, and \
            it may be started again at any time.
            """)
    var attach = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "With --attach, the port of Lambda's APIs on 127.0.0.1, up to 65535. (default: a free one)",
            valueName: "port"))
    var apiPort: Int?

    @Option(
        help: ArgumentHelp(
            """
            With --attach, write the variables into this file, too, whenever they change: NAME=VALUE lines, for an editor's envFile \
            or for a shell.
            """, valueName: "file"),
        completion: .file())
    var envFile: String?

    @Option(
        help: ArgumentHelp("Draw a picture of the run into this file.", valueName: "file.svg"), completion: .file())
    var timeline: String?

    @Option(
        help: ArgumentHelp(
            """
            Write each event of the run as a line of JSON into this file; - is standard output, and the log then goes to \
            standard error.
            """, valueName: "file"),
        completion: .file())
    var json: String?

    @Option(
        help: """
            The function's name; with --serve, others are then not found. (default: function, and in its ARN what callers call it)
            """)
    var name: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The memory size that is reported to the function, 128 to 10240.", valueName: "megabytes"))
    var memorySize = 128

    @Option(help: "The value of _HANDLER, for a runtime with several handlers.")
    var handler = "function.handler"

    @Option(
        help: """
            The region that is reported to the processes. (default: AWS_REGION or AWS_DEFAULT_REGION of this shell, or else \
            us-east-1)
            """)
    var region: String?

    @Option(
        help: ArgumentHelp(
            "The Availability Zone's id at the metadata endpoint. (default: the region's first, such as use1-az1)",
            valueName: "az-id"))
    var availabilityZone: String?

    @Option(
        name: .customLong("env"),
        help: ArgumentHelp(
            """
            A variable for all processes; without a value, this shell's, of which they have only \(Arguments.inherited) \
            otherwise. {environment} in a value stands for a number that no other environment has at the time, from 1.
            """, valueName: "name[=value]"))
    var variables: [String] = []

    @Option(
        help:
            "The log format, also of the sandbox's own lines: Text or JSON. (default: Text; Managed Instances have only JSON)",
        completion: .list(["Text", "JSON"])
    )
    var logFormat: String?

    @Option(
        help: "The log level that is reported to the processes, such as DEBUG.",
        completion: .list(Run.logLevels))
    var logLevel: String?

    @Option(
        name: .customLong("fault"),
        help: ArgumentHelp(
            "Answer the n-th such call wrongly (n is 1 unless given; * means every one). \(AnswerFault.words)",
            valueName: "call:answer[@n]"),
        completion: .list(AnswerFault.examples))
    var faults: [String] = []

    @Flag(help: "Emulate Lambda Managed Instances.")
    var managedInstances = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            The number of events that the function handles, and the run has under way, at a time on Managed Instances: \
            1 to 4096. (default: 1)
            """, valueName: "n"))
    var concurrency: Int?

    @Flag(
        help: """
            Emulate SnapStart: once everybody waits, everything is stopped for the interval. The first invocation restores \
            it as a snapshot.
            """)
    var snapStart = false

    @Flag(
        help: """
            With --snap-start, close the connections to the APIs that were made before the restore, each when nobody waits \
            on it. In Lambda they usually survive, since both ends are in the snapshot.
            """)
    var dropConnections = false

    @Flag(inversion: .prefixedNo, help: "Begin each line with the time. (default: on a terminal)")
    var timestamps: Bool?

    @Flag(name: [.long, .short], help: "Print only the processes' own lines and the responses.")
    var quiet = false

    private static let logLevels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]

    func validate() throws {
        guard interval >= 0, interval <= 86_400 else {
            throw ValidationError("--interval \(interval): must be between 0 and 86400")
        }
        _ = try settings(mayBuild: true)
        if let timeline, let ending = Settings.fileName(of: timeline).split(separator: ".").dropFirst().last,
            ending.lowercased() != "svg"
        {
            throw ValidationError("--timeline \(timeline): the picture is SVG, and its name must end in .svg")
        }
        if let option = serving.given, event != nil {
            throw ValidationError("--event and \(option) exclude each other")
        }
        if let invocations, invocations < 1 {
            throw ValidationError("--invocations \(invocations): must be at least 1")
        }
        if snapStart, managedInstances {
            throw ValidationError("--snap-start and --managed-instances exclude each other")
        }
        for (option, isGiven) in [("--managed-instances", managedInstances), ("--snap-start", snapStart)] {
            if attach, isGiven { throw ValidationError("--attach and \(option) exclude each other") }
        }
        for (option, isGiven) in [("--api-port", apiPort != nil), ("--env-file", envFile != nil)]
        where isGiven && !attach {
            throw ValidationError("\(option): only with --attach")
        }
        if attach, watching.watch, extensions.isEmpty, watching.build == nil, watching.sources.isEmpty {
            throw ValidationError("--watch: with --attach only --extension, --build or --sources name what to watch")
        }
        if dropConnections, !snapStart { throw ValidationError("--drop-connections: only with --snap-start") }
        _ = try serving.limits(besideOneFor: alone)
    }

    func run() throws {
        openStandardStreams()
        let payload = try Arguments.payload(of: event)
        try watching.buildFirst(for: [function].compactMap { $0 } + extensions)
        let runner = Runner(settings: try settings(), plan: try plan(payload))
        let code = runner.run()
        if code != 0 { throw ExitCode(code) }
    }

    /// The records have standard output for themselves.
    private var logDescriptor: Int32 { json == "-" ? 2 : 1 }

    private var pause: Duration { .milliseconds(Int64((interval * 1000).rounded())) }

    /// The option because of which there is one environment; nil for none.
    private var alone: String? { managedInstances ? "--managed-instances" : attach ? "--attach" : nil }

    private func plan(_ payload: [UInt8]) throws -> Runner.Plan {
        Runner.Plan(
            payload: payload, count: invocations ?? (serving.given == nil ? 1 : nil),
            concurrency: concurrency ?? 1, interval: pause,
            limits: try serving.limits(besideOneFor: alone), watch: try watching.plan(),
            serve: serving.serve.flatMap(ServingOptions.address),
            http: serving.http.flatMap(ServingOptions.address), servedName: name, timeline: timeline, records: json,
            failures: serving.onFailure, variables: envFile,
            log: logDescriptor, style: Arguments.style(on: logDescriptor, timestamps: timestamps, quiet: quiet))
    }

    /// - Parameter mayBuild: true before a first build, which may make executables that are missing.
    private func settings(mayBuild: Bool = false) throws -> Settings {
        func executable(_ path: String, _ option: String) throws -> String {
            if mayBuild, watching.makes(path) { return path }
            return try Arguments.executable(path, option: option)
        }
        if function == nil, !attach {
            // Behind the program's name and `run`.
            let word = CommandLine.arguments.dropFirst(2).first.flatMap { $0.hasPrefix("-") ? nil : $0 }
            let guess = word.map { "; did you mean --function \($0)?" } ?? ""
            throw ValidationError("--function: missing, and so is --attach" + guess)
        }
        var settings = Settings(
            function: try function.map { try executable($0, "--function") }
                ?? Arguments.folder(".", option: "--attach") + "/function",
            extensions: try extensions.map { try executable($0, "--extension") })
        guard extensions.count <= 10 else { throw ValidationError("--extension: Lambda allows ten at most") }
        let names = settings.extensions.map(Settings.fileName)
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw ValidationError("--extension: two are named \(twice)")
        }
        guard (128...10_240).contains(memorySize) else {
            throw ValidationError("--memory-size \(memorySize): must be between 128 and 10240")
        }
        if let logFormat, logFormat != "Text", logFormat != "JSON" {
            throw ValidationError("--log-format \(logFormat): must be Text or JSON")
        }
        if managedInstances, logFormat == "Text" {
            throw ValidationError("--log-format Text: Managed Instances have JSON alone")
        }
        if let concurrency {
            guard managedInstances else { throw ValidationError("--concurrency: only with --managed-instances") }
            guard Configuration.concurrencies.contains(concurrency) else {
                throw ValidationError("--concurrency \(concurrency): must be between 1 and 4096")
            }
        }
        settings.timeout = try Arguments.limit(timeout, option: "--timeout", atMost: managedInstances ? 5400 : 900)
        // Up to a quarter of an hour on Managed Instances ("Lambda Managed Instances execution environment").
        let usual: Double? = managedInstances ? 900 : nil
        settings.initLimit = try (initLimit ?? usual).map { try Arguments.limit($0, option: "--init-limit") }
        if attach {
            settings.isAttached = true
            settings.apiPort = try Arguments.port(apiPort ?? 0, option: "--api-port")
        }
        settings.restoreLimit = try Arguments.limit(restoreLimit, option: "--restore-limit")
        settings.snapshotInterval = pause
        settings.dropsConnections = dropConnections
        settings.shutdownLimit = try shutdownLimit.map { try Arguments.limit($0, option: "--shutdown-limit") }
        if let name, !FunctionReference.isName(name) {
            throw ValidationError("--name \(name.debugDescription): must be 1 to 64 letters, digits, - and _")
        }
        settings.name = name ?? settings.name
        settings.memorySize = memorySize
        settings.handler = handler
        let region = region ?? Arguments.shellRegion ?? settings.region
        guard !region.isEmpty, region.utf8.allSatisfy(Arguments.isOfRegion) else {
            throw ValidationError(
                "--region \(region.debugDescription): must be lower-case letters, digits and -, such as us-east-1")
        }
        settings.region = region
        settings.availabilityZoneID = availabilityZone
        settings.logFormat = logFormat ?? settings.logFormat
        if let logLevel, !Self.logLevels.contains(logLevel) {
            throw ValidationError("--log-level \(logLevel): must be one of \(Self.logLevels.joined(separator: ", "))")
        }
        settings.logLevel = logLevel
        settings.kind = managedInstances ? .managedInstances : snapStart ? .snapStart : .onDemand
        settings.concurrency = concurrency ?? 1
        settings.environment = try variables.map(Arguments.variable)
        settings.faults = try faults.map { text in
            guard let fault = AnswerFault(text) else {
                throw ValidationError(
                    "--fault \(text): must be CALL:ANSWER or CALL:ANSWER@N, such as event-next:reset@2. \(AnswerFault.words)"
                )
            }
            return fault
        }
        return settings
    }
}
