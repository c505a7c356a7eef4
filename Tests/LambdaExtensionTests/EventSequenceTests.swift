import LambdaExtension
import Testing

/// The client as tasks use it.
@Suite struct EventSequenceTests {
    private static let invoke = #"{"eventType":"INVOKE","deadlineMs":5,"requestId":"r-1","invokedFunctionArn":"arn"}"#
    private static let shutdown = #"{"eventType":"SHUTDOWN","deadlineMs":7,"shutdownReason":"spindown"}"#

    @Test func eventsEndWithShutdown() throws {
        var events = [Self.invoke, #"{"eventType":"NEW"}"#, Self.shutdown][...]
        let scene = try Scene { request in
            if request.line.hasSuffix("/register") {
                return .plain(200, #"{"functionName":"f","accountId":"1"}"#, identifier: "id-1")
            }
            return .plain(200, events.removeFirst())
        }
        let client = Unchecked(scene.client)
        let (function, seen) = try scene.loop.run { () throws(ExtensionError) in
            let lambda = client.value
            let function = try await lambda.register(
                name: "tail", for: [.invoke, .shutdown], acceptsAccountID: true)
            var seen: [ExtensionEvent] = []
            for try await event in lambda.events { seen.append(event) }
            return (function, seen)
        }
        #expect(function.name == "f")
        #expect(function.accountID == "1")
        #expect(function.version == nil)
        guard seen.count == 3, case .invoke(let invocation) = seen[0], case .shutdown(let end) = seen[2] else {
            Issue.record("\(seen)")
            return
        }
        #expect(invocation.requestID == "r-1")
        #expect(invocation.deadline == 5)
        #expect(invocation.functionARN == "arn")
        #expect(seen[1] == .unknown("NEW"))
        #expect(end.reason == "spindown")
        #expect(scene.service.requests.count == 4)
    }

    @Test func aFailureIsThrown() throws {
        let scene = try Scene { _ in .plain(403, #"{"errorType":"Extension.Unknown","errorMessage":"no"}"#) }
        let client = Unchecked(scene.client)
        let error = scene.loop.run { () -> ExtensionError? in
            do throws(ExtensionError) {
                for try await _ in client.value.events { Issue.record("an event") }
                return nil
            } catch {
                return error
            }
        }
        #expect(error?.description.contains("403") == true)
    }

    @Test func reportsErrorsAndSubscribes() throws {
        let scene = try Scene { request in
            request.line.hasSuffix("/telemetry") ? .plain(202, "NotSupported") : .plain(202, #"{"status":"OK"}"#)
        }
        let client = Unchecked(scene.client)
        let outcome = try scene.loop.run { () throws(ExtensionError) in
            try await client.value.initError(type: "Extension.Bad", message: "cannot start")
            try await client.value.exitError(type: "Extension.Bad", message: "cannot go on")
            return try await client.value.subscribe(to: TelemetrySubscription(.platform, port: 4_243))
        }
        #expect(outcome == .notSupported)
        #expect(scene.service.requests.map(\.line.call) == ["init/error", "exit/error", "telemetry"])
    }

    /// A value that the test takes to the loop, on the same thread.
    private struct Unchecked<Value>: @unchecked Sendable {
        let value: Value
        init(_ value: Value) { self.value = value }
    }
}

extension String {
    /// The part of a request line's path behind the version and the API's name.
    fileprivate var call: String {
        split(separator: "/").suffix(hasSuffix("telemetry") ? 1 : 2).joined(separator: "/")
    }
}
