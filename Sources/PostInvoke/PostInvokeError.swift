import Bytes
import CLinux
import Hold
import JSON
import LambdaAPI

/// Why ``PostInvoke/PostInvoke/connect(mode:writesLinesAtOnce:)`` failed.
public enum PostInvokeError: Error, Equatable, Sendable {
    /// Nobody answers at the address, written as `127.0.0.1:1339`.
    case unreachable(address: String)
    /// Somebody answers at the address who is not the extension.
    case notTheExtension(address: String, status: Int)
    /// An environment variable has a value that cannot be used; the reason also says what it may be.
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
        case .invalidSetting(let variable, let value, let reason):
            "\(variable) \(Self.quoted(value)) \(reason)"
        case .modeUnavailable(let mode, let reason, let remedy):
            "mode .\(mode) is not available: \(reason) - \(remedy)"
        }
    }

    /// The text as the extension quotes a setting: within one line.
    private static func quoted(_ text: String) -> String {
        var line = Buffer()
        text.withByteView { line.appendJSONString($0) }
        return line.readable.string
    }

    /// The fault of a setting, in the words that the extension has for it.
    init(_ error: SettingError) {
        var reason = Buffer()
        error.appendReason(to: &reason)
        self = .invalidSetting(
            variable: "\(error.variable)", value: error.value.map { String(decoding: $0, as: UTF8.self) } ?? "",
            reason: reason.readable.string)
    }

    /// The code to end the process with: EX_CONFIG of sysexits(3) where a setting is wrong.
    package var exitCode: Int32 {
        switch self {
        case .invalidSetting: LambdaEndpointError.exitCode
        case .unreachable, .notTheExtension, .modeUnavailable: EXIT_FAILURE
        }
    }

    /// The same: a program's top level prints this of an error that nobody caught.
    public var debugDescription: String { description }
}
