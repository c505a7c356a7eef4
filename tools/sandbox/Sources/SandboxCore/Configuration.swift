/// The parts of one environment and the limits of its phases.
package struct Configuration: Sendable {
    package enum Kind: String, Sendable {
        /// One invocation at a time; frozen in between.
        case onDemand = "on-demand"
        /// The same, from a snapshot that was taken after the initialization.
        case snapStart = "snap-start"
        /// Lambda Managed Instances: many events at a time, never frozen, no INVOKE for extensions; a timeout is one
        /// invocation's and does not end the environment.
        case managedInstances = "lambda-managed-instances"

        /// `AWS_LAMBDA_INITIALIZATION_TYPE`
        package var initializationType: String { rawValue }
    }

    package var kind = Kind.onDemand
    /// True if somebody else starts and ends the function, again and again perhaps, while the environment lives.
    package var isAttached = false
    /// The most events that the function may wait for at a time, `AWS_LAMBDA_MAX_CONCURRENCY`; Managed Instances alone.
    package var concurrency = 1
    /// The values that ``concurrency`` may have.
    package static let concurrencies = 1...4096
    /// File names of the external extensions, in the order in which they are started.
    package var extensions: [String]
    /// The function's timeout; it covers everything from START to END.
    package var timeout: Duration
    /// The most that a ``timeout`` can be for an invocation whose caller waits ("Configure Lambda function timeout").
    package static let synchronousLimit = Duration.seconds(900)
    /// The time the first initialization may take before it is given up and repeated inside an invocation.
    package var initLimit = Duration.seconds(10)
    /// The longest time that the initialization before a snapshot may take; nil for as long as Lambda grants, the
    /// greater of the timeout and 130 seconds ("Implementing SnapStart hooks for container images").
    package var snapshotLimit: Duration?
    /// The shortest time that a snapshot is kept before it is restored.
    package var snapshotInterval = Duration.zero
    /// The longest time that a restore may take: what the runtime does after it, until it asks for an event.
    package var restoreLimit = Duration.seconds(10)
    /// The time a shutdown or reset may take while external extensions exist.
    package var shutdownLimit = Duration.seconds(2)
    /// The function's share of ``shutdownLimit``, from SIGTERM to SIGKILL.
    package var functionShare = Duration.milliseconds(300)
    /// The same, when the only extensions are internal ones; then it is the whole shutdown.
    package var functionShareWithInternal = Duration.milliseconds(500)
    /// The same on Managed Instances, whatever kind of extension there is; AWS's emulator gives it there.
    package var functionShareOnManagedInstances = Duration.milliseconds(600)
    /// The time a process that reported a fatal error may take to exit by itself.
    package var exitGrace = Duration.seconds(2)
    /// The most bytes a buffered response may have: 6 MiB and what the service adds around it.
    package var responseLimit = 6 * 1024 * 1024 + 100
    /// The most bytes of a streamed one ("Response streaming for Lambda functions").
    package static let streamLimit = 200 * 1024 * 1024
    /// The most extensions, internal and external together.
    package static let extensionLimit = 10
    /// Where identifiers come from; the same seed gives the same ones.
    package var seed: UInt64

    /// The longest time that a start may take that is no part of an invocation.
    var startLimit: Duration {
        kind == .snapStart ? snapshotLimit ?? max(timeout, .seconds(130)) : initLimit
    }

    /// The time the function has from SIGTERM to SIGKILL.
    func functionShare(besideExternal hasExternal: Bool) -> Duration {
        if kind == .managedInstances { return functionShareOnManagedInstances }
        return hasExternal ? functionShare : functionShareWithInternal
    }

    /// An environment with these external extensions.
    package init(extensions: [String] = [], timeout: Duration = .seconds(3), seed: UInt64 = 0) {
        self.extensions = extensions
        self.timeout = timeout
        self.seed = seed
    }
}
