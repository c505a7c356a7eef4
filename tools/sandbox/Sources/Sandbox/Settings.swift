import Glibc

/// The programs that a sandbox runs, and what it says about itself to them.
package struct Settings: Sendable {
    /// The absolute path of the runtime's executable, a `bootstrap`.
    package var function: String
    /// The absolute paths of the extensions; their file names are the names they register under.
    package var extensions: [String]
    /// The function's name.
    package var name: String
    /// `_HANDLER`, what the runtime is to run.
    package var handler: String
    /// The region's name.
    package var region: String
    /// The account's number.
    package var accountID: String
    /// Megabytes; reported, and not enforced: what several processes share counts for each of them here.
    package var memorySize: Int
    /// The function's timeout.
    package var timeout: Duration
    package var kind: Configuration.Kind
    /// True if the function is started by hand: ``function`` then only says where it is.
    package var isAttached = false
    /// The port of Lambda's APIs for an attached function; 0 for a free one, which then stays.
    package var apiPort: UInt16 = 0
    /// The time limits of an attached function, with which a debugger has all the time in the world: as milliseconds they still
    /// fit the 31 bits of a timer in Node.js.
    package static let attachedLimit = Duration.seconds(14 * 86_400)
    /// The number of events that the function is to take at a time on Managed Instances,
    /// `AWS_LAMBDA_MAX_CONCURRENCY`: one of ``SandboxCore/Configuration/concurrencies``.
    package var concurrency: Int
    /// The log format, `Text` or `JSON`; Managed Instances have the latter alone.
    package var logFormat: String
    /// `AWS_LAMBDA_LOG_LEVEL`; nil for none.
    package var logLevel: String?
    /// The Availability Zone id that the metadata endpoint gives; nil for the region's first zone.
    package var availabilityZoneID: String?
    /// Variables for all processes, over whatever the sandbox itself sets.
    package var environment: [(name: String, value: String)]

    /// The time the first initialization may take.
    ///
    /// Nil for as long as Lambda grants: 10 seconds, and with SnapStart the greater of the timeout and 130 seconds.
    package var initLimit: Duration?
    /// The shortest time that a snapshot is kept before it is restored, with SnapStart.
    package var snapshotInterval = Duration.zero
    /// The longest time that the runtime may take after a restore, with SnapStart.
    package var restoreLimit = Duration.seconds(10)
    /// True if a restore ends the connections to the APIs that were made before it. In Lambda both ends of them are in
    /// the snapshot, so that they live on there as a rule; a runtime that makes its connections anew needs neither.
    package var dropsConnections = false
    /// The time the function may take to end, and everybody together, in every reset and at the shutdown; nil for as
    /// long as Lambda grants.
    package var shutdownLimit: Duration?
    /// Wrong answers of the APIs.
    package var faults: [AnswerFault] = []

    /// Settings as a new function has them.
    package init(function: String, extensions: [String] = []) {
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

    /// The Amazon Resource Name of a function beside this one, or of this one, with the version or alias that it is asked for by.
    package func functionARN(of name: String? = nil, qualifier: String = "") -> String {
        "arn:\(partition):lambda:\(region):\(accountID):function:\(name ?? self.name)"
            + (qualifier.isEmpty ? "" : ":\(qualifier)")
    }

    /// The partition that the region is in ("Amazon Resource Names (ARNs)"; botocore's partitions.json 1.40).
    private var partition: String { Self.partitions.first { region.hasPrefix($0.regions) }?.name ?? "aws" }

    private static let partitions: [(regions: String, name: String)] = [
        ("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"), ("eu-isoe-", "aws-iso-e"), ("us-isof-", "aws-iso-f"), ("eusc-", "aws-eusc"),
    ]

    /// True if the log is written in JSON ("Configuring JSON and plain text log formats").
    package var isLogStructured: Bool { kind == .managedInstances || logFormat == "JSON" }

    /// The only version there is.
    package static let version = "$LATEST"

    /// The folder of the function, `LAMBDA_TASK_ROOT`.
    var taskRoot: String { Self.folder(of: function) }

    /// The last part of a path.
    package static func fileName(of path: String) -> String {
        String(path.split(separator: "/").last ?? "")
    }

    /// The absolute path of a file. Its last part stays as it was named, also when it is a link: it is an extension's name.
    ///
    /// - Throws: what stat(2) or realpath(3) says, such as `ENOENT`.
    package static func absolutePath(of path: String) throws(Errno) -> String {
        guard access(path, F_OK) == 0 else { throw Errno(rawValue: errno) }
        return try realPath(of: path.contains("/") ? folder(of: path) : ".") + "/" + fileName(of: path)
    }

    /// The path that leads to the same without a link.
    ///
    /// - Throws: what realpath(3) says, such as `ENOENT`.
    package static func realPath(of path: String) throws(Errno) -> String {
        guard let real = realpath(path, nil) else { throw Errno(rawValue: errno) }
        defer { free(real) }
        return String(cString: real)
    }

    /// The folder that a path's last part is in.
    package static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }
}
