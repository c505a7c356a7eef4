/// The programs that a sandbox runs, and what it says about itself to them.
public struct Settings: Sendable {
    /// The absolute path of the runtime's executable, a `bootstrap`.
    public var function: String
    /// The absolute paths of the extensions; their file names are the names they register under.
    public var extensions: [String]
    /// The function's name.
    public var name: String
    /// `_HANDLER`, what the runtime is to run.
    public var handler: String
    /// The region's name.
    public var region: String
    /// The account's number.
    public var accountID: String
    /// Megabytes; reported, not enforced.
    public var memorySize: Int
    /// The function's timeout.
    public var timeout: Duration
    /// The kind of Lambda.
    public var kind: Configuration.Kind
    /// The number of events that the function is to take at a time on Managed Instances,
    /// `AWS_LAMBDA_MAX_CONCURRENCY`: one of ``SandboxCore/Configuration/concurrencies``.
    public var concurrency: Int
    /// The log format, `Text` or `JSON`; Managed Instances have the latter alone.
    public var logFormat: String
    /// `AWS_LAMBDA_LOG_LEVEL`; nil for none.
    public var logLevel: String?
    /// The Availability Zone id that the metadata endpoint gives; nil for the region's first zone.
    public var availabilityZoneID: String?
    /// Variables for all processes, over whatever the sandbox itself sets.
    public var environment: [(name: String, value: String)]

    /// The time the first initialization may take.
    ///
    /// Nil for as long as Lambda grants: 10 seconds, and with SnapStart the greater of the timeout and 130 seconds.
    public var initLimit: Duration?
    /// The shortest time that a snapshot is kept before it is restored, with SnapStart.
    public var snapshotInterval = Duration.zero
    /// The longest time that the runtime may take after a restore, with SnapStart.
    public var restoreLimit = Duration.seconds(10)
    /// True if a restore ends the connections to the APIs that were made before it. In Lambda both ends of them are in
    /// the snapshot, so that they live on there as a rule; a runtime that makes its connections anew needs neither.
    public var dropsConnections = false
    /// The time the function may take to end, and everybody together, in every reset and at the shutdown; nil for as
    /// long as Lambda grants.
    public var shutdownLimit: Duration?
    /// Wrong answers of the APIs.
    public var faults: [AnswerFault] = []

    /// Settings as a new function has them.
    public init(function: String, extensions: [String] = []) {
        self.function = function
        self.extensions = extensions
        name = "function"
        handler = "function.handler"
        region = "us-east-1"
        accountID = "012345678912"
        memorySize = 128
        timeout = .seconds(3)
        kind = .onDemand
        concurrency = 1
        logFormat = "Text"
        logLevel = nil
        environment = []
    }

    /// The function's Amazon Resource Name.
    public var functionARN: String { "arn:aws:lambda:\(region):\(accountID):function:\(name)" }

    /// True if the log is written in JSON ("Configuring JSON and plain text log formats").
    public var isLogStructured: Bool { kind == .managedInstances || logFormat == "JSON" }

    /// The only version there is.
    public static let version = "$LATEST"

    /// The folder of the function, `LAMBDA_TASK_ROOT`.
    var taskRoot: String { Self.folder(of: function) }

    /// The last part of a path.
    public static func fileName(of path: String) -> String {
        String(path.split(separator: "/").last ?? "")
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }
}
