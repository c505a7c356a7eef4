#if !hasFeature(Embedded)
@_exported import struct LambdaAPI.LambdaMetadata
@_exported import enum LambdaAPI.LambdaMetadataError
@_exported import class LambdaAPI.SettingError
import LambdaAPI

extension LambdaMetadata {
    /// The place where this execution environment runs.
    ///
    ///     let zone = try await LambdaMetadata.current().availabilityZoneID
    ///
    /// Asked for once and remembered, for as long as the service allows, and asked for again after a snapshot was
    /// restored, which may be elsewhere. Several tasks that ask at a time make one request.
    ///
    /// - Throws: a `LambdaMetadataError`: nothing is known outside Lambda, nor when no answer comes within a second. Failures are
    ///   not remembered.
    public static func current() async throws(LambdaMetadataError) -> LambdaMetadata {
        try await MetadataService.shared.metadata()
    }
}
#endif
