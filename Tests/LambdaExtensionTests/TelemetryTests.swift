import LambdaExtension
import Testing

/// Subscribing to the Telemetry API.
@Suite struct TelemetryTests {
    private func subscribe(
        _ answer: ExtensionsAPI.Answer, change: (inout TelemetrySubscription) -> Void = { _ in }
    ) throws -> (outcome: String, request: ExtensionsAPI.Request) {
        let scene = try Scene { request in
            request.line.hasSuffix("/register") ? .plain(200, "{}", identifier: "id-1") : answer
        }
        _ = try scene.register()
        var telemetry = TelemetrySubscription([.platform, .extension], port: 4243)
        change(&telemetry)
        let outcome = try scene.outcome(of: { scene.client.subscribe(to: telemetry, completion: $0) }) { "\($0)" }
        return (outcome, scene.service.requests[1])
    }

    @Test func asksForWhatWasMeant() throws {
        let (outcome, request) = try subscribe(.plain(200, #""OK""#)) { $0.timeoutMilliseconds = 25 }
        #expect(outcome == "subscribed")
        #expect(request.line == "PUT /2022-07-01/telemetry")
        #expect(request.fields["Lambda-Extension-Identifier"] == "id-1")
        #expect(
            request.body
                == #"{"schemaVersion":"2025-01-29","types":["platform","extension"],"#
                + #""buffering":{"maxItems":10000,"maxBytes":262144,"timeoutMs":25},"#
                + #""destination":{"protocol":"HTTP","URI":"http://sandbox.localdomain:4243"}}"#)
    }

    @Test func theNewestSchemaIsTheStandard() throws {
        // It is the only one on Managed Instances, and welcome everywhere else.
        let (_, request) = try subscribe(.plain(200, #""OK""#))
        #expect(request.body.hasPrefix(#"{"schemaVersion":"2025-01-29","#))
        #expect(request.body.contains(#""buffering":{"maxItems":10000,"maxBytes":262144,"timeoutMs":1000}"#))
        let (_, older) = try subscribe(.plain(200, #""OK""#)) { $0.schema = .version20221213 }
        #expect(older.body.hasPrefix(#"{"schemaVersion":"2022-12-13","#))
    }

    @Test func overTCPTheDestinationIsAPort() throws {
        let (outcome, request) = try subscribe(.plain(200, #""OK""#)) { $0.transport = .tcp }
        #expect(outcome == "subscribed")
        #expect(request.body.hasSuffix(#""destination":{"protocol":"TCP","port":4243}}"#))
    }

    @Test func aPlaceWithoutTelemetryIsNoFailure() throws {
        let body = #"{"errorMessage":"not here","errorType":"Telemetry.NotSupported"}"#
        #expect(try subscribe(.plain(202, body)).outcome == "notSupported")
    }

    @Test func aRefusalNamesTheCall() throws {
        let body = #"{"errorMessage":"too late","errorType":"Telemetry.SubscriptionClosed"}"#
        #expect(
            try subscribe(.plain(403, body)).outcome
                == "Extensions API telemetry answered 403 Telemetry.SubscriptionClosed: too late")
    }

    @Test func anEventCarriesItsIdentifier() throws {
        let event = Array(#"{"eventType":"INVOKE","deadlineMs":1,"requestId":"r"}"#.utf8)
        let identifier = try event.withByteView { body throws(APIFault) in
            guard case .invoke(let invoke) = try ExtensionEventView.parse(body, id: "event-1") else { return "none" }
            return invoke.identifier?.string ?? "none"
        }
        #expect(identifier == "event-1")
    }
}
