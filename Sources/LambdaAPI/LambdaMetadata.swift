/// The place where the execution environment runs, as Lambda's metadata endpoint reports it ("Using the Lambda metadata
/// endpoint").
public struct LambdaMetadata: Sendable {
    /// The id of the Availability Zone, as in `use1-az1`: the same place for every account, unlike a zone's name.
    public let availabilityZoneID: String

    /// Metadata of these parts.
    public init(availabilityZoneID: String) { self.availabilityZoneID = availabilityZoneID }

    /// Reads `{"AvailabilityZoneID":"use1-az1"}`; other members may come one day.
    package init(parsing document: ByteView) throws(APIFault) {
        var zone: JSONText?
        var reader = JSONReader(document)
        do throws(JSONError) {
            if try reader.entersObject() {
                while case .key(let key) = try reader.next() {
                    let text = try reader.nextText()
                    if key == "AvailabilityZoneID" { zone = text }
                }
                _ = try reader.next()
            }
        } catch {
            throw .malformed("JSON")
        }
        guard let zone, !zone.raw.isEmpty else { throw .malformed("an AvailabilityZoneID") }
        availabilityZoneID = zone.string
    }
}
