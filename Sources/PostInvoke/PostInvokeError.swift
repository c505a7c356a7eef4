import CLinux
import LambdaAPI

/// Why ``PostInvoke/PostInvoke/connect(mode:writesLinesAtOnce:)`` failed.
public enum PostInvokeError: Error, Equatable, Sendable {
    /// Nobody answers at the address, written as `127.0.0.1:1339`.
    case unreachable(address: String)
    /// Somebody answers at the address who is not the extension.
    case notTheExtension(address: String, status: Int)
    /// The value of `POSTINVOKE_ADDRESS` is no address, for the given reason.
    case invalidAddress(String, reason: String)
    /// An environment variable has a value that cannot be used, for the given reason.
    case invalidSetting(variable: String, value: String, reason: String)
    /// The mode cannot be had where the function runs, for the given reason, and what to do instead.
    case modeUnavailable(PostInvoke.Mode, reason: String, remedy: String)
}

extension PostInvokeError: CustomStringConvertible, CustomDebugStringConvertible {
    /// The fault and its remedy.
    public var description: String {
        switch self {
        case .unreachable(let address):
            "unable to connect to the extension at \(address) - did you forget to add the Lambda layer?"
        case .notTheExtension(let address, let status):
            "what answers at \(address) is not the extension (status \(status)) - is another program using the port?"
        case .invalidAddress(let value, let reason):
            "POSTINVOKE_ADDRESS=\(value) \(reason); it must be a loopback host:port or unix:@name"
        case .invalidSetting(let variable, let value, let reason):
            "\(variable)=\(value) \(reason)"
        case .modeUnavailable(let mode, let reason, let remedy):
            "mode .\(mode) is not available: \(reason) - \(remedy)"
        }
    }

    /// The code to end the process with: EX_CONFIG of sysexits(3) where a setting is wrong.
    package var exitCode: Int32 {
        switch self {
        case .invalidAddress, .invalidSetting: LambdaEndpointError.exitCode
        case .unreachable, .notTheExtension, .modeUnavailable: EXIT_FAILURE
        }
    }

    /// The same: a program's top level prints this of an error that nobody caught.
    public var debugDescription: String { description }
}
