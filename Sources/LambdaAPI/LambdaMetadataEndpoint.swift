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
    /// - Throws: ``LambdaMetadataError/badAddress(_:fault:)``, which quotes the text, or
    ///   ``LambdaMetadataError/badToken`` for a token with a control character.
    public init(parsing text: ByteView, token: ByteView) throws(LambdaMetadataError) {
        do throws(SocketAddressError) {
            address = try SocketAddress.parse(text)
        } catch {
            throw .badAddress(text.array, fault: error.message)
        }
        guard isFieldValue(token) else { throw .badToken }
        host = text.array
        var authorization = Buffer()
        authorization.append("Bearer ")
        authorization.append(token)
        self.authorization = authorization.readable.array
    }

    /// The endpoint that the environment names.
    ///
    /// - Throws: ``LambdaMetadataError/notSet(_:)`` for a variable that is missing or empty; otherwise what
    ///   ``init(parsing:token:)`` throws.
    public static func fromEnvironment() throws(LambdaMetadataError) -> LambdaMetadataEndpoint {
        guard let address = ProcessEnvironment.value(of: addressVariable) else {
            throw .notSet(addressVariable)
        }
        guard let token = ProcessEnvironment.value(of: tokenVariable) else {
            throw .notSet(tokenVariable)
        }
        return try LambdaMetadataEndpoint(parsing: address, token: token)
    }
}
