import Glibc
import Sandbox
import SandboxCore

/// The sandbox's own.
typealias ProgramSettings = Settings

extension LambdaSandbox {
    /// The settings of a sandbox.
    public struct Settings: Sendable {
        /// Where a function runs.
        public enum Kind: Sendable, Equatable {
            /// One invocation at a time, frozen in between.
            case onDemand
            /// The same, from a snapshot that is taken after the initialization.
            case snapStart
            /// So many events at a time, 1 to 4,096; nothing is frozen.
            case managedInstances(concurrency: Int)
        }

        /// Where it runs.
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

        /// Those of a new function.
        public init() {}

        /// The sandbox's own form of them.
        func programs(_ function: String, _ extensions: [String]) throws(Failure) -> ProgramSettings {
            var settings = ProgramSettings(function: try Self.executable(function))
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
            let path = isBeside ? folder(of: realPath(of: "/proc/self/exe") ?? "/") + "/" + name : name
            // The last part stays as it was named, also when it is a link: it is an extension's name.
            guard access(path, F_OK) == 0, let folder = realPath(of: folder(of: path)) else {
                let hint = isBeside ? ": the tests depend on its target, or name it by a path" : ""
                throw Failure("no executable \(path)\(hint)")
            }
            if let fault = ExecutableFault.ofKind(path) { throw Failure("\(path) \(fault)") }
            return folder + "/" + ProgramSettings.fileName(of: path)
        }

        private static func folder(of path: String) -> String {
            guard let slash = path.lastIndex(of: "/") else { return "." }
            return slash == path.startIndex ? "/" : String(path[..<slash])
        }

        private static func realPath(of path: String) -> String? {
            guard let real = realpath(path, nil) else { return nil }
            defer { free(real) }
            return String(cString: real)
        }
    }
}
