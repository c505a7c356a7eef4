import CLinux
import LambdaAPI

/// Why ``PostInvoke/PostInvoke/connect(mode:writesLinesAtOnce:)`` failed.
public enum PostInvokeError: Error, Equatable, Sendable {
    /// Nobody answers at the address, written as `127.0.0.1:1339`.
    case unreachable(address: String)
    /// Nobody listens where Lambda should, at the address that `AWS_LAMBDA_RUNTIME_API` names.
    case lambdaUnreachable(address: String)
    /// Somebody answers at the address who is not the extension.
    case notTheExtension(address: String, status: Int)
    /// An environment variable has a value that cannot be used; the description is a line that says why, and what it may have.
    case invalidSetting(variable: String, value: String?, description: String)
    /// The mode cannot be had where the function runs, for the given reason, and what to do instead.
    case modeUnavailable(PostInvoke.Mode, reason: String, remedy: String)
}

extension PostInvokeError: CustomStringConvertible, CustomDebugStringConvertible {
    /// The fault and its remedy.
    public var description: String {
        switch self {
        case .unreachable(let address):
            "unable to connect to the extension at \(address) - did you forget to add the Lambda layer?"
        case .lambdaUnreachable(let address):
            "nobody listens at \(address), which AWS_LAMBDA_RUNTIME_API names - is Lambda, or what stands for it, running?"
        case .notTheExtension(let address, let status):
            "what answers at \(address) is not the extension (status \(status)) - is another program using the port?"
        case .invalidSetting(_, _, let description): description
        case .modeUnavailable(let mode, let reason, let remedy):
            "mode .\(mode.rawValue) is not available: \(reason) - \(remedy)"
        }
    }

    /// The same fault.
    init(_ error: SettingError) {
        self = .invalidSetting(
            variable: "\(error.variable)", value: error.value.map { String(decoding: $0, as: UTF8.self) },
            description: error.description)
    }

    /// The code to end the process with: EX_CONFIG of sysexits(3) where a setting is wrong.
    package var exitCode: Int32 {
        switch self {
        case .invalidSetting: SettingError.exitCode
        case .unreachable, .lambdaUnreachable, .notTheExtension, .modeUnavailable: EXIT_FAILURE
        }
    }

    /// The same: a program's top level prints this of an error that nobody caught.
    public var debugDescription: String { description }
}
