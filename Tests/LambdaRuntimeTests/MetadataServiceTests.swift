import CLinux
import LambdaAPI
import LambdaRuntime
import ServiceFakes
import TestSupport
import Testing

@Suite struct MetadataServiceTests {
    private static let path = "/2026-01-15/metadata/execution-environment"

    private static func answer(_ zone: String) -> FakeService.Reply {
        .answer(200, #"{"AvailabilityZoneID":"\#(zone)"}"#, [("Cache-Control", "private, max-age=43200, immutable")])
    }

    private static func service(of fake: FakeService) -> MetadataService {
        let address = fake.address
        return MetadataService(timeout: patience) { () throws(LambdaMetadataError) in
            try address.withByteView { (address) throws(LambdaMetadataError) in
                try LambdaMetadataEndpoint(parsing: address, token: "secret")
            }
        }
    }

    @Test func tasksAtATimeMakeOneRequest() async throws {
        let fake = try await FakeService.start { _ in .park }
        defer { fake.stop() }
        let service = Self.service(of: fake)
        let zones = try await withThrowingTaskGroup { group in
            for _ in 0..<20 { group.addTask { try await service.metadata().availabilityZoneID } }
            let request = try await fake.expect("GET", Self.path)
            #expect(request.headers["Authorization"] == "Bearer secret")
            fake.answerParked(Self.answer("use1-az1"))
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(zones == Array(repeating: "use1-az1", count: 20))
        #expect(try await service.metadata().availabilityZoneID == "use1-az1")
        #expect(fake.requests.count == 1)
    }

    @Test func asksAgainAfterARestore() async throws {
        let fake = try await FakeService.start { _ in .park }
        defer { fake.stop() }
        let service = Self.service(of: fake)
        async let early = service.metadata().availabilityZoneID
        try await fake.expect("GET", Self.path)
        // The answer comes from before the snapshot.
        service.forget()
        fake.answerParked(Self.answer("use1-az1"))
        try await fake.expect("GET", Self.path)
        fake.answerParked(Self.answer("use1-az2"))
        #expect(try await early == "use1-az2")
        service.forget()
        async let late = service.metadata().availabilityZoneID
        try await fake.expect("GET", Self.path)
        fake.answerParked(Self.answer("use1-az3"))
        #expect(try await late == "use1-az3")
    }

    @Test func aFailureIsToldAndNotRemembered() async throws {
        let fake = try await FakeService.start { _ in .park }
        defer { fake.stop() }
        let service = Self.service(of: fake)
        async let first = Result { try await service.metadata() }
        try await fake.expect("GET", Self.path)
        fake.answerParked(.answer(401, "Unauthorized"))
        guard case .failure(let error) = await first else {
            Issue.record("no error")
            return
        }
        #expect("\(error)" == "Lambda's metadata endpoint answered 401")
        async let second = service.metadata().availabilityZoneID
        try await fake.expect("GET", Self.path)
        fake.answerParked(Self.answer("use1-az1"))
        #expect(try await second == "use1-az1")
    }

    /// In a process of its own, since the environment is everybody's.
    @Test func theProcessAsksWhatItsEnvironmentNames() async {
        await #expect(processExitsWith: .success) {
            unsetenv("AWS_LAMBDA_METADATA_API")
            let error = await #expect(throws: LambdaMetadataError.self) { try await LambdaMetadata.current() }
            #expect(error?.description == "AWS_LAMBDA_METADATA_API is not set; allowed: host:port")
            let fake = try await FakeService.start { _ in .answer(200, #"{"AvailabilityZoneID":"use1-az1"}"#) }
            setenv("AWS_LAMBDA_METADATA_API", fake.address, 1)
            setenv("AWS_LAMBDA_METADATA_TOKEN", "secret", 1)
            #expect(try await LambdaMetadata.current().availabilityZoneID == "use1-az1")
            #expect(fake.requests.first?.headers["Authorization"] == "Bearer secret")
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
