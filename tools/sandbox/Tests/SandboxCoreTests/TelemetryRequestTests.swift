import SandboxCore
import Testing

/// Tests why a subscription is refused, and what it means when it is not.
@Suite struct TelemetryRequestTests {
    private static func request(_ change: (inout TelemetryRequest) -> Void = { _ in }) -> TelemetryRequest {
        var request = TelemetryRequest()
        request.schema = "2022-12-13"
        request.types = ["platform"]
        request.transport = "HTTP"
        request.address = "http://sandbox.localdomain:8080"
        change(&request)
        return request
    }

    struct Wrong: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let request: TelemetryRequest
        init(_ message: String, _ change: (inout TelemetryRequest) -> Void) {
            testDescription = message
            request = TelemetryRequestTests.request(change)
        }
    }

    @Test(arguments: [
        Wrong("schemaVersion is not provided") { $0.schema = nil },
        Wrong("schemaVersion is not valid") { $0.schema = "2021-01-01" },
        Wrong("types should not be empty") { $0.types = [] },
        Wrong("types has an unknown value: metrics") { $0.types = ["platform", "metrics"] },
        Wrong("maxItems should be between 1000 and 10000") { $0.maximumItems = 999 },
        Wrong("maxItems should be between 1000 and 10000") { $0.maximumItems = 10_001 },
        Wrong("maxBytes should be between 262144 and 1048576") { $0.maximumBytes = 262_143 },
        Wrong("maxBytes should be between 262144 and 1048576") { $0.maximumBytes = 1_048_577 },
        Wrong("timeoutMs should be between 25 and 30000") { $0.timeoutMilliseconds = 24 },
        Wrong("timeoutMs should be between 25 and 30000") { $0.timeoutMilliseconds = 30_001 },
        Wrong("protocol is not provided") { $0.transport = nil },
        Wrong("protocol is not valid") { $0.transport = "UDP" },
        Wrong("port is not provided") { $0.transport = "TCP" },
        Wrong("port is not valid") { ($0.transport, $0.port) = ("TCP", 0) },
        Wrong("port is not valid") { ($0.transport, $0.port) = ("TCP", 65_536) },
        Wrong("port is not valid") { ($0.transport, $0.port) = ("TCP", -1) },
        Wrong("port 9001 is reserved") { ($0.transport, $0.port) = ("TCP", 9001) },
        Wrong("URI port 9001 is reserved") { $0.address = "http://sandbox.localdomain:9001" },
        Wrong("protocol is not valid") { ($0.transport, $0.port) = ("tcp", 1) },
        Wrong("URI is not provided") { $0.address = nil },
        Wrong("URI scheme is not http") { $0.address = "https://sandbox.localdomain:1" },
        Wrong("URI host is not sandbox.localdomain") { $0.address = "http://example.com:8080" },
        Wrong("URI port is not provided") { $0.address = "http://sandbox.localdomain" },
        Wrong("URI port is not valid") { $0.address = "http://sandbox.localdomain:0" },
        Wrong("URI port is not valid") { $0.address = "http://sandbox.localdomain:65536/in" },
        Wrong("URI path is not valid") { $0.address = "http://sandbox.localdomain:1/a b" },
        Wrong("URI port is not provided; types should not be empty") {
            $0.address = "http://sandbox.localdomain"
            $0.types = []
        },
    ])
    func isRefused(_ wrong: Wrong) throws {
        let refusal = try #require(throws: Refusal.self) { try wrong.request.validate(for: .onDemand).get() }
        #expect(refusal.status == 400)
        #expect(refusal.type == "ValidationError")
        let faults = { (text: String) in Set(text.split(separator: ";").map { $0.drop { $0 == " " } }) }
        #expect(faults(refusal.message) == faults(wrong.testDescription))
    }

    @Test func whatIsNotSaidHasAStandard() throws {
        let subscription = try Self.request().validate(for: .onDemand).get()
        #expect(subscription == TelemetrySubscription(to: .http(port: 8080)))
    }

    @Test(arguments: ["sandbox.localdomain", "sandbox.local", "SANDBOX"])
    func theWholeIsRead(host: String) throws {
        let subscription = try Self.request {
            $0.schema = "2025-01-29"
            $0.types = ["function", "extension", "platform"]
            $0.maximumItems = 1_000
            $0.maximumBytes = 1_048_576
            $0.timeoutMilliseconds = 25
            $0.address = "http://\(host):4243/some/path"
        }.validate(for: .onDemand).get()
        #expect(
            subscription
                == TelemetrySubscription(
                    schema: .version20250129, types: [.platform, .function, .extension],
                    to: .http(port: 4243, path: "/some/path"), maximumItems: 1_000, maximumBytes: 1_048_576,
                    timeout: .milliseconds(25)))
        #expect(subscription.types.names == ["platform", "function", "extension"])
    }

    @Test(arguments: [nil, "http://elsewhere:1"])
    func overTCPThePortIsAllThatIsRead(address: String?) throws {
        let subscription = try Self.request {
            $0.transport = "TCP"
            $0.port = 65_535
            $0.address = address
        }.validate(for: .onDemand).get()
        #expect(subscription == TelemetrySubscription(to: .tcp(port: 65_535)))
    }

    @Test(arguments: [("2022-12-13", false), ("2025-01-29", true)])
    func managedInstancesKnowOneSchema(schema: String, isWelcome: Bool) {
        let result = Self.request { $0.schema = schema }.validate(for: .managedInstances)
        #expect(((try? result.get()) != nil) == isWelcome)
    }

    @Test func aSubscriptionIsAFact() {
        var life = Life.starting()
        let identifier = life.register("ext", [])
        let call = life.extension(.subscribe(identifier: identifier, Self.request()))
        #expect(life.reply(to: call) == "subscribed")
        let subscribed = life.log.contains {
            if case .note(.subscribed("ext", let subscription)) = $0 {
                subscription.destination == .http(port: 8080)
            } else {
                false
            }
        }
        #expect(subscribed)
    }
}
