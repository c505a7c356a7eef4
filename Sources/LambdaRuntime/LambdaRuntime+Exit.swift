import CLinux
import LambdaAPI

extension LambdaRuntime {
    /// Ends the process because of an error that no event can be handled after.
    ///
    /// - Parameters:
    ///   - text: the error in words.
    ///   - isSetting: true if a setting is wrong.
    ///   - meansNoService: true if nobody listens where the service should.
    static func exit(_ text: String, isSetting: Bool = false, meansNoService: Bool = false) -> Never {
        var text = text
        if meansNoService, let address = ProcessEnvironment.value(of: LambdaEndpoint.variable) {
            text += "; \(LambdaEndpoint.variable) is \(address.string)"
        }
        log(.fatal, text)
        CLinux.exit(isSetting ? SettingError.exitCode : EXIT_FAILURE)
    }
}
