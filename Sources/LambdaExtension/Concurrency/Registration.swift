#if !hasFeature(Embedded)
/// A ``RegistrationView`` that owns its texts: the function this extension stands beside.
public struct Registration: Equatable, Sendable {
    /// The function's name.
    public let name: String?
    /// Its version, such as `$LATEST`.
    public let version: String?
    /// Its handler setting.
    public let handler: String?
    /// The account's number, where it was asked for and the platform has it.
    public let accountID: String?

    /// A copy of a registration's texts.
    public init(_ registration: RegistrationView) {
        name = registration.functionName?.string
        version = registration.functionVersion?.string
        handler = registration.handler?.string
        accountID = registration.accountID?.string
    }
}
#endif
