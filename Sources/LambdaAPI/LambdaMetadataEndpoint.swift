/// The endpoint of the metadata inside an execution environment, and the token that opens the door.
public struct LambdaMetadataEndpoint: Sendable {
    /// The variable that names the address, as `host:port`.
    public static var addressVariable: StaticString { "AWS_LAMBDA_METADATA_API" }
    /// The variable that holds the token, which is this environment's own.
    public static var tokenVariable: StaticString { "AWS_LAMBDA_METADATA_TOKEN" }

    let address: SocketAddress
    let host: [UInt8]
    /// The value of `Authorization`.
    let authorization: [UInt8]

    /// An endpoint at `host:port` that wants the given token.
    ///
    /// - Throws: ``LambdaMetadataError/setting(_:)`` for an address that is none, which it quotes, or a token with a control
    ///   character, which it does not.
    public init(parsing text: ByteView, token: ByteView) throws(LambdaMetadataError) {
        do throws(SocketAddressError) {
            address = try SocketAddress.parse(text)
        } catch {
            throw Self.badAddress(text, error.message)
        }
        guard isFieldValue(token) else { throw Self.badToken("has a control character") }
        host = text.array
        var authorization = Buffer()
        authorization.append("Bearer ")
        authorization.append(token)
        self.authorization = authorization.readable.array
    }

    /// The endpoint that the environment names.
    ///
    /// - Throws: ``LambdaMetadataError/setting(_:)`` for a variable that is missing or empty; otherwise what
    ///   ``init(parsing:token:)`` throws.
    public static func fromEnvironment() throws(LambdaMetadataError) -> LambdaMetadataEndpoint {
        guard let address = ProcessEnvironment.value(of: addressVariable) else { throw badAddress(nil, "is not set") }
        guard let token = ProcessEnvironment.value(of: tokenVariable) else { throw badToken("is not set") }
        return try LambdaMetadataEndpoint(parsing: address, token: token)
    }

    private static func badAddress(_ value: ByteView?, _ fault: StaticString) -> LambdaMetadataError {
        .setting(SettingError(variable: addressVariable, value: value, fault: fault, allowed: "host:port"))
    }

    private static func badToken(_ fault: StaticString) -> LambdaMetadataError {
        .setting(SettingError(variable: tokenVariable, value: nil, fault: fault, allowed: "the token that Lambda sets"))
    }
}
