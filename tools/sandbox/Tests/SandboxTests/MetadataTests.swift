import Sandbox
import Testing

/// The metadata endpoint as processes see it.
@Suite struct MetadataTests {
    private static let path = "/2026-01-15/metadata/execution-environment"

    private func ask(_ stage: Stage, _ method: String, _ path: String, _ authorization: String?) throws -> String {
        let before = stage.lines.count
        let header = authorization.map { "\"\($0)\"" } ?? "null"
        try stage.invoke("[[\"metadata\",\"\(method)\",\"\(path)\",\(header)],[\"respond\",1]]")
        return try #require(stage.lines[before...].first { $0.hasPrefix("metadata ") })
    }

    @Test func whoHasTheTokenIsToldTheZone() throws {
        let stage = try Stage(watchers: []) { $0.region = "ap-southeast-2" }
        #expect(
            try ask(stage, "GET", Self.path, "Bearer $AWS_LAMBDA_METADATA_TOKEN")
                == #"metadata 200 application/json private, max-age=43200, immutable {"AvailabilityZoneID":"apse2-az1"}"#
        )
        try stage.shutdown()
    }

    @Test(
        arguments: [
            ("GET", path, nil, 401), ("GET", path, "Bearer wrong", 401),
            ("GET", path, "$AWS_LAMBDA_METADATA_TOKEN", 401),
            ("GET", path, "Bearer $AWS_LAMBDA_METADATA_TOKEN ", 200), ("GET", path, "Bearer ", 401),
            ("GET", path, "Bearer $AWS_LAMBDA_METADATA_TOKEN.", 401),
            ("POST", path, "Bearer $AWS_LAMBDA_METADATA_TOKEN", 405), ("PUT", path, nil, 405),
            ("GET", "/2026-01-15/metadata", "Bearer $AWS_LAMBDA_METADATA_TOKEN", 404),
            ("GET", "/2025-01-15/metadata/execution-environment", "Bearer $AWS_LAMBDA_METADATA_TOKEN", 404),
        ] as [(String, String, String?, Int)])
    func theOthersAreRefused(method: String, path: String, authorization: String?, status: Int) throws {
        let stage = try Stage(watchers: [])
        #expect(try ask(stage, method, path, authorization).hasPrefix("metadata \(status) "))
        try stage.shutdown()
    }

    @Test func everyProcessHasTheVariables() throws {
        let stage = try Stage(watchers: ["dump"])
        let (outcome, _) = try stage.invoke(#"[["respond-env"]]"#)
        let names = ["AWS_LAMBDA_METADATA_API", "AWS_LAMBDA_METADATA_TOKEN"]
        let variables = stage.lines.first { $0.hasPrefix("watcher0: env") } ?? ""
        for name in names {
            #expect(Stage.body(outcome).contains("\"\(name)\": "))
            #expect(variables.contains("\"\(name)\""))
        }
        try stage.shutdown()
    }

    @Test func itCanBeMadeToFail() throws {
        let stage = try Stage(watchers: []) { $0.faults = [AnswerFault(.metadata, .status(503))] }
        let authorization = "Bearer $AWS_LAMBDA_METADATA_TOKEN"
        #expect(try ask(stage, "GET", Self.path, authorization).hasPrefix("metadata 503 "))
        #expect(try ask(stage, "GET", Self.path, authorization).hasPrefix("metadata 200 "))
        try stage.shutdown()
    }
}
