import HostProcess

extension PostInvoke {
    /// Work after the response for a function that has nothing to await: its closures run on the thread of its handler, one after
    /// another, before its runtime asks for the next event.
    ///
    ///     let postInvoke = PostInvoke.connectBlocking()
    ///     LambdaRuntime.runBlocking(postInvoke.wrap { (event, context) throws(FunctionError) in
    ///         PostInvoke.run { print("after the response") }
    ///         return event
    ///     })
    ///
    /// A program of this form builds as ordinary and as Embedded Swift. Closures are registered with ``PostInvoke/run(file:line:_:)``;
    /// nothing cancels them, and one that outlasts the deadline is ended with the whole environment.
    public struct Blocking: Sendable {
        package let postInvoke: PostInvoke

        /// The way in which time is found for the closures: ``Mode/inProcess`` where there is no extension, and the runtime's
        /// waiting alone keeps the invocation open.
        public var mode: Mode { postInvoke.mode }

        /// Calls `observer` at the end of each closure and of each hold; see ``PostInvoke/observe(_:)``.
        public func observe(_ observer: @escaping @Sendable (Observation) -> Void) { postInvoke.observe(observer) }
    }

    /// Finds out where a function runs that has nothing to await, while it starts; a failure ends the process, as with
    /// ``connectOrExit(mode:writesLinesAtOnce:)``.
    ///
    /// Without an extension the closures have their time as well: Lambda freezes no environment whose runtime has not asked for the
    /// next event. Nothing registers an extension then, and so Lambda sends no SIGTERM.
    ///
    /// - Parameters:
    ///   - mode: the mode to have. ``ModeChoice/inProcess`` does without the extension.
    ///   - writesLinesAtOnce: makes standard output line-buffered; see ``connect(mode:writesLinesAtOnce:)``.
    public static func connectBlocking(mode: ModeChoice = .automatic, writesLinesAtOnce: Bool = true) -> Blocking {
        if writesLinesAtOnce { StandardOutput.writeLinesAtOnce() }
        do throws(PostInvokeError) {
            return try connectBlocking(mode: mode, in: .ofProcess)
        } catch {
            exit(because: error)
        }
    }

    package static func connectBlocking(
        mode: ModeChoice, in environment: FunctionEnvironment
    ) throws(PostInvokeError) -> Blocking {
        Blocking(postInvoke: try connectWithoutThreads(mode, environment))
    }

    private static func connectWithoutThreads(
        _ mode: ModeChoice, _ environment: FunctionEnvironment
    ) throws(PostInvokeError) -> PostInvoke {
        switch mode {
        case .local: return local(environment)
        case .managed: return try onManagedInstances(environment)
        case .automatic, .layer, .inProcess: break
        }
        if environment.isOnManagedInstances { return try onManagedInstances(environment) }
        guard environment.runtimeAPI != nil else { return local(environment) }
        if mode == .inProcess { return heldByTheRuntime }
        do throws(PostInvokeError) {
            return try connect(to: ExtensionAddress.list(environment.address), in: environment)
        } catch {
            if mode == .automatic, case .unreachable = error { return heldByTheRuntime }
            throw environment.missingLambda(behind: error) ?? error
        }
    }

    /// Nobody releases the hold: it ends when the runtime asks.
    private static var heldByTheRuntime: PostInvoke { PostInvoke(ledger: HoldLedger(), mode: .inProcess) }
}
