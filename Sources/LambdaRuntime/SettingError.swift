import LambdaAPI

/// An environment variable that is missing or wrong.
struct SettingError: Error, CustomStringConvertible {
    /// The variable, its value and what is allowed.
    let description: String

    /// EX_CONFIG of sysexits.h.
    static var exitCode: Int32 { 78 }
}

extension LambdaEndpoint {
    /// The endpoint that `AWS_LAMBDA_RUNTIME_API` names.
    static func fromEnvironment() throws(SettingError) -> LambdaEndpoint {
        guard let value = ProcessEnvironment.value(of: variable) else {
            throw SettingError(description: "\(variable) is not set; it must be host:port")
        }
        do {
            return try LambdaEndpoint(parsing: value)
        } catch {
            throw SettingError(description: "\(variable)=\(value.string) \(error.message); it must be host:port")
        }
    }
}
