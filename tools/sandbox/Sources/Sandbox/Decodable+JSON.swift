import FoundationEssentials
import JSON

extension Decodable {
    /// Reads a document; nil when it is not JSON, or a member has another type than it should. An optional member that is null
    /// counts as missing; of names that repeat the first counts.
    init?(json: ByteView) {
        // Foundation's reader takes what is no JSON: a comma before a bracket, UTF-16.
        guard JSONReader.fault(in: json) == nil,
            let value = try? JSONDecoder().decode(Self.self, from: Data(json.rawBuffer))
        else { return nil }
        self = value
    }
}
