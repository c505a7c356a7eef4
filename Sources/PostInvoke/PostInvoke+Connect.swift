import HoldPolicy
import LambdaExtension

extension PostInvoke {
    /// Finds out where the function runs and who can hold its invocations open.
    ///
    /// Connect while the function starts, before its runtime asks for the first event: Lambda accepts an extension in
    /// the function's own process no later than that. To reach the extension in the layer blocks the thread for a round
    /// trip within the machine.
    ///
    /// - Parameter mode: the mode to have, or ``ModeChoice/automatic`` for the one that fits; ``mode`` tells which
    ///   it has become.
    /// - Throws: ``PostInvokeError`` with the reason and the remedy when the mode cannot be had.
    public static func connect(mode: ModeChoice = .automatic) async throws(PostInvokeError) -> PostInvoke {
        try await connect(mode: mode, in: .ofProcess)
    }

    package static func connect(
        mode: ModeChoice, in surroundings: Surroundings
    ) async throws(PostInvokeError) -> PostInvoke {
        switch mode {
        case .automatic: try await connectAutomatically(in: surroundings)
        case .layer:
            try connect(to: ExtensionAddress.list(surroundings.address), timeout: surroundings.sessionTimeout)
        case .inProcess: try await holdInProcess(surroundings)
        case .managed: try onManagedInstances(surroundings)
        case .local: local(surroundings)
        }
    }

    private static func connectAutomatically(
        in surroundings: Surroundings
    ) async throws(PostInvokeError) -> PostInvoke {
        if surroundings.isOnManagedInstances { return try onManagedInstances(surroundings) }
        guard surroundings.runtimeAPI != nil else { return local(surroundings) }
        let addresses = try ExtensionAddress.list(surroundings.address)
        let missing: PostInvokeError
        do { return try connect(to: addresses, timeout: surroundings.sessionTimeout) } catch { missing = error }
        do {
            return try await holdInProcess(surroundings)
        } catch {
            // Who can have neither is best told of the layer, which is what works everywhere.
            if case .modeUnavailable = error { throw missing }
            throw error
        }
    }

    /// Connects to the extension at the first of the addresses where it answers; Unix sockets are tried first.
    private static func connect(
        to addresses: [ExtensionAddress], timeout: Duration
    ) throws(PostInvokeError) -> PostInvoke {
        var fault = PostInvokeError.unreachable(address: addresses.map(\.text).joined(separator: ","))
        for address in addresses.filter(\.isUnix) + addresses.filter({ !$0.isUnix }) {
            do {
                return try connect(to: address, timeout: timeout)
            } catch .unreachable {
                continue
            } catch {
                fault = error
            }
        }
        throw fault
    }

    /// - Parameter timeout: the longest wait for each step of a request.
    package static func connect(
        to address: ExtensionAddress, timeout: Duration
    ) throws(PostInvokeError) -> PostInvoke {
        let session = Session(address: address, timeout: timeout)
        let holder: Holder
        switch try session.open() {
        case .hold: holder = Holder(keeping: session) { session.done($0) }
        case .passThrough: holder = Holder(keeping: session) { _ in }
        }
        return PostInvoke(holder: holder, mode: .layer)
    }

    private static func holdInProcess(_ surroundings: Surroundings) async throws(PostInvokeError) -> PostInvoke {
        guard let api = surroundings.runtimeAPI else {
            throw .modeUnavailable(
                .inProcess, reason: noLambda, remedy: "use mode .local")
        }
        guard !surroundings.isOnManagedInstances else {
            throw .modeUnavailable(
                .inProcess, reason: "Managed Instances tell no extension of invocations",
                remedy: "use mode .managed, nothing is frozen there")
        }
        let settings = try surroundings.holdSettings()
        let endpoint: LambdaEndpoint
        do {
            endpoint = try api.withByteView { (text) throws(SocketAddressError) in try LambdaEndpoint(parsing: text) }
        } catch {
            throw .invalidSetting(
                variable: "AWS_LAMBDA_RUNTIME_API", value: api, reason: "\(error.message); it must be host:port")
        }
        let hold = try await InProcessHold.start(endpoint, settings)
        return PostInvoke(holder: Holder { hold.done($0) }, mode: .inProcess)
    }

    private static var noLambda: String { "AWS_LAMBDA_RUNTIME_API is not set, this is not Lambda" }

    private static func onManagedInstances(_ surroundings: Surroundings) throws(PostInvokeError) -> PostInvoke {
        guard surroundings.isOnManagedInstances else {
            throw .modeUnavailable(
                .managed, reason: "AWS_LAMBDA_INITIALIZATION_TYPE is not lambda-managed-instances",
                remedy: "use mode .layer or .inProcess, this environment freezes")
        }
        return PostInvoke(holder: Holder { _ in }, mode: .managed)
    }

    private static func local(_ surroundings: Surroundings) -> PostInvoke {
        let reason = surroundings.runtimeAPI == nil ? noLambda : "mode .local"
        log(.info, "\(reason): closures run after the handler, before its result goes anywhere")
        return PostInvoke(holder: Holder { _ in }, mode: .local)
    }
}
