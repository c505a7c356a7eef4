import ReactorHTTP

/// The metadata endpoint of one environment ("Using the Lambda metadata endpoint"): says to whoever has the environment's token
/// in which Availability Zone it is.
struct MetadataEndpoint {
    static let path: StaticString = "/2026-01-15/metadata/execution-environment"

    /// The value of `AWS_LAMBDA_METADATA_TOKEN` for the processes.
    let token: String
    /// For example `use1-az1`.
    let availabilityZone: String

    /// Answers a request whose path and method are right.
    func answer(_ request: RoutedRequest, to responder: HTTPResponder) {
        let isWelcome = "Bearer \(token)".withByteView { expected in
            request.field("Authorization").map { $0 == expected } ?? false
        }
        guard isWelcome else {
            return responder.respond(401, body: "Unauthorized\n") { head in
                head.appendField("Content-Type", "text/plain; charset=utf-8")
            }
        }
        responder.respond(200, [("AvailabilityZoneID", .string(availabilityZone))]) { head in
            head.appendField("Content-Type", "application/json")
            // Twelve hours: an environment does not move.
            head.appendField("Cache-Control", "private, max-age=43200, immutable")
        }
    }
}

extension Settings {
    /// The id of the Availability Zone: what was asked for, or the region's first.
    package var availabilityZone: String { availabilityZoneID ?? Self.firstAvailabilityZone(of: region) }

    /// The first Availability Zone of a region, as ids are made: `us-east-1` has `use1-az1`, `ap-southeast-2` has `apse2-az1`
    /// ("AWS Availability Zones").
    private static func firstAvailabilityZone(of region: String) -> String {
        let words = region.split(separator: "-")
        var prefix = String(words.first ?? "")
        for word in words.dropFirst() {
            // `southeast` is two directions in one word.
            let directions = ["north", "south"].filter { word.count > $0.count && word.hasPrefix($0) }
            if word.allSatisfy(\.isNumber) {
                prefix += word
            } else {
                prefix += word.prefix(1)
                for direction in directions { prefix += word.dropFirst(direction.count).prefix(1) }
            }
        }
        return prefix + "-az1"
    }
}
