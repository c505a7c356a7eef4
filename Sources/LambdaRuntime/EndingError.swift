import LambdaAPI

/// An error that no event can be handled after.
package enum EndingError: Error {
    case setting(SettingError)
    /// No event loop could be had.
    case system(Errno)
    case service(RuntimeError)
    /// A hook around a snapshot failed, which was reported.
    case hook(FunctionError)

    /// Ends the process because of it.
    func endProcess() -> Never {
        switch self {
        case .setting: LambdaRuntime.exit("\(self)", isSetting: true)
        case .service(let error): LambdaRuntime.exit("\(self)", meansNoService: error.meansNoService)
        case .system, .hook: LambdaRuntime.exit("\(self)")
        }
    }
}

extension EndingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .setting(let error): "\(error)"
        case .system(let error): "\(error)"
        case .service(let error): "\(error)"
        case .hook(let error): "\(error)"
        }
    }
}
