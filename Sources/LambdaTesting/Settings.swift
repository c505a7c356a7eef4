import Glibc
import Sandbox
import SandboxCore

/// The settings in the module Sandbox; within `LambdaSandbox` the short name is another's.
typealias SandboxSettings = Settings

extension LambdaSandbox {
    /// The settings of a sandbox.
    public struct Settings: Sendable {
        /// The kind of environment that a function runs in.
        public enum Kind: Sendable, Equatable {
            /// One invocation at a time, frozen in between.
            case onDemand
            /// The same, from a snapshot that is taken after the initialization.
            case snapStart
            /// So many events at a time, 1 to 4,096; nothing is frozen.
            case managedInstances(concurrency: Int)
        }

        /// The kind of environment.
        public var kind = Kind.onDemand
        /// The function's timeout, up to 900 seconds.
        public var timeout = Duration.seconds(3)
        /// Variables of all processes. They inherit from the tests only `PATH`, `LD_LIBRARY_PATH`, `LANG` and AWS credentials.
        public var environment: [String: String] = [:]
        /// Wrong answers of Lambda's APIs from the start on; see ``LambdaSandbox/inject(_:)``.
        public var faults: [String] = []
        /// The time that the first initialization may take; nil for as long as Lambda grants, 10 seconds in most cases.
        public var initLimit: Duration?
        /// The time that the processes may take to end; nil for as long as Lambda grants, 0.3 to 2 seconds.
        public var shutdownLimit: Duration?
        /// The longest that a test waits for anything.
        public var patience = Duration.seconds(60)

        /// The settings of a new function.
        public init() {}

        /// These settings as the sandbox takes them.
        func forSandbox(function: String, extensions: [String]) throws(Failure) -> SandboxSettings {
            var settings = SandboxSettings(function: try Self.executable(function))
            for name in extensions { settings.extensions.append(try Self.executable(name)) }
            for fault in faults { settings.faults.append(try Self.fault(fault)) }
            for (limit, name) in [(timeout, "timeout"), (initLimit, "initLimit"), (shutdownLimit, "shutdownLimit")] {
                guard let limit, limit <= .zero || limit > Configuration.synchronousLimit else { continue }
                throw Failure("\(name) is \(limit): must be more than 0 and at most 900 seconds")
            }
            switch kind {
            case .onDemand: break
            case .snapStart: settings.kind = .snapStart
            case .managedInstances(let concurrency):
                guard Configuration.concurrencies.contains(concurrency) else {
                    throw Failure("a concurrency of \(concurrency): must be 1 to \(Configuration.concurrencies.last!)")
                }
                (settings.kind, settings.concurrency) = (.managedInstances, concurrency)
            }
            (settings.timeout, settings.initLimit, settings.shutdownLimit) = (timeout, initLimit, shutdownLimit)
            settings.environment = environment.map { ($0.key, $0.value) }
            return settings
        }

        static func fault(_ text: String) throws(Failure) -> AnswerFault {
            if let fault = AnswerFault(text) { return fault }
            throw Failure(
                "\(text) is no fault: CALL:ANSWER or CALL:ANSWER@N, such as event-next:reset@2. \(AnswerFault.words)")
        }

        /// The absolute path of an executable, which without a slash is beside this one.
        private static func executable(_ name: String) throws(Failure) -> String {
            let isBeside = !name.contains("/")
            let own = (try? SandboxSettings.realPath(of: "/proc/self/exe")) ?? "/"
            let path = isBeside ? SandboxSettings.folder(of: own) + "/" + name : name
            guard let absolute = try? SandboxSettings.absolutePath(of: path) else {
                let hint = isBeside ? ": the tests depend on its target, or name it by a path" : ""
                throw Failure("no executable \(path)\(hint)")
            }
            if let fault = ExecutableFault.ofKind(absolute) { throw Failure("\(path) \(fault)") }
            return absolute
        }
    }
}
