extension TelemetryRequest {
    private struct Body: Decodable {
        struct Buffering: Decodable {
            var maxItems: Int64?
            var maxBytes: Int64?
            var timeoutMs: Int64?
        }

        struct Destination: Decodable {
            var `protocol`: String?
            var URI: String?
            var port: Int64?
        }

        var schemaVersion: String?
        var types: [String]?
        var buffering: Buffering?
        var destination: Destination?
    }

    /// Reads the body of a subscription; nil when it is not JSON, or a member has another type than it should.
    package static func read(_ body: ByteView) -> TelemetryRequest? {
        guard let body = Body(json: body) else { return nil }
        var request = TelemetryRequest()
        request.schema = body.schemaVersion
        request.types = body.types ?? []
        request.maximumItems = body.buffering?.maxItems
        request.maximumBytes = body.buffering?.maxBytes
        request.timeoutMilliseconds = body.buffering?.timeoutMs
        request.transport = body.destination?.protocol
        request.address = body.destination?.URI
        request.port = body.destination?.port
        return request
    }
}
