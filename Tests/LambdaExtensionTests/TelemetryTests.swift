import LambdaExtension
import Testing

/// Subscribing to the Telemetry API.
@Suite struct TelemetryTests {
    private func subscribe(_ answer: ExtensionsAPI.Answer) throws -> (outcome: String, request: ExtensionsAPI.Request) {
        let scene = try Scene { request in
            request.line.hasSuffix("/register") ? .plain(200, "{}", identifier: "id-1") : answer
        }
        _ = try scene.register()
        var telemetry = TelemetrySubscription([.platform, .extension], port: 4243)
        telemetry.schema = .version20250129
        telemetry.timeoutMilliseconds = 25
        let outcome = try scene.outcome(of: { scene.client.subscribe(to: telemetry, completion: $0) }) { "\($0)" }
        return (outcome, scene.service.requests[1])
    }

    @Test func asksForWhatWasMeant() throws {
        let (outcome, request) = try subscribe(.plain(200, #""OK""#))
        #expect(outcome == "subscribed")
        #expect(request.line == "PUT /2022-07-01/telemetry")
        #expect(request.fields["Lambda-Extension-Identifier"] == "id-1")
        #expect(
            request.body
                == #"{"schemaVersion":"2025-01-29","types":["platform","extension"],"#
                + #""buffering":{"maxItems":10000,"maxBytes":262144,"timeoutMs":25},"#
                + #""destination":{"protocol":"HTTP","URI":"http://sandbox.localdomain:4243"}}"#)
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
            guard case .invoke(let invoke) = try ExtensionEvent.parse(body, id: "event-1") else { return "none" }
            return invoke.identifier?.string ?? "none"
        }
        #expect(identifier == "event-1")
    }
}
