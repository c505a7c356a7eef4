import HostProcess
import LambdaAPI
import LambdaRuntime
import ServiceFakes
import Synchronization
import Testing

/// Functions under SnapStart, in both forms of the runtime, against a fake Runtime API.
struct SnapshotTests {
    private struct Refused: Error { let reason = "no" }

    enum Form: CaseIterable { case tasks, blocking }

    /// Runs a function that returns its event through a snapshot, and returns what ended it: mostly that the service has gone.
    private func withFunction(
        _ form: Form, _ hooks: SnapshotHooks, endsAlone: Bool = false, _ test: (FakeRuntimeAPI) async throws -> Void
    ) async throws -> String {
        let api = try await FakeRuntimeAPI.start()
        let endpoint = try LambdaEndpoint(parsing: api.service.address)
        let snapshot = Snapshot(hooks: hooks)
        let ends = Log<String>()
        switch form {
        case .tasks:
            let service = try await RuntimeService.start(endpoint)
            Task {
                do {
                    try await LambdaRuntime.serve(service, through: snapshot) { LambdaHandler { event, _ in event } }
                } catch { ends.append("\(error)") }
                service.stop()
            }
        case .blocking:
            Thread.start {
                do {
                    try LambdaRuntime.serveBlocking(endpoint, through: snapshot) { event, _ in event }
                } catch { ends.append("\(error)") }
            }
        }
        do {
            try await test(api)
        } catch {
            api.service.stop()
            throw error
        }
        guard endsAlone else {
            api.service.stop()
            return try await ends.next()
        }
        let end = try await ends.next()
        api.service.stop()
        return end
    }

    private func expectOneEvent(_ api: FakeRuntimeAPI) async throws -> FakeService.Request {
        let next = try await api.expect("GET", "/invocation/next")
        api.give("abc", id: "id-1")
        #expect(try await api.expect("POST", "/invocation/id-1/response").body == "abc")
        try await api.expect("GET", "/invocation/next")
        return next
    }

    @Test(arguments: Form.allCases)
    func hooksRunAroundTheRestoreAndTheFirstEventFollowsOverAFreshConnection(_ form: Form) async throws {
        let (hooks, calls) = (SnapshotHooks(), Log<String>())
        for number in 1...2 {
            hooks.before.add(.blocking { calls.append("before \(number)") })
            hooks.after.add(.suspending { calls.append("after \(number)") })
        }
        _ = try await withFunction(form, hooks) { api in
            let asked = try await api.expect("GET", "/restore/next")
            #expect(calls.all == ["before 2", "before 1"])
            api.answerRestore()
            let next = try await expectOneEvent(api)
            #expect(calls.all == ["before 2", "before 1", "after 1", "after 2"])
            #expect(next.connection != asked.connection)
        }
    }

    @Test(arguments: Form.allCases)
    func aFunctionWithoutHooksIsRestoredAsWell(_ form: Form) async throws {
        _ = try await withFunction(form, SnapshotHooks()) { api in
            try await api.expect("GET", "/restore/next")
            api.answerRestore()
            _ = try await expectOneEvent(api)
        }
    }

    /// The connection is the snapshot's; the service that made it may be another one than the copy's, which has restored the
    /// process already, or has yet to say so.
    @Test(arguments: Form.allCases, [200, 403])
    func aConnectionThatIsGoneAfterTheRestoreIsNoFailure(_ form: Form, _ status: Int) async throws {
        let (hooks, calls) = (SnapshotHooks(), Log<String>())
        hooks.after.add(.blocking { calls.append("after") })
        _ = try await withFunction(form, hooks) { api in
            try await api.expect("GET", "/restore/next")
            try await api.service.hangUp()
            try await api.expect("GET", "/restore/next")
            api.answerRestore(.answer(status))
            _ = try await expectOneEvent(api)
            #expect(calls.all == ["after"])
        }
    }

    @Test(arguments: Form.allCases)
    func aHookThatThrowsBeforeTheSnapshotIsAnInitError(_ form: Form) async throws {
        let hooks = SnapshotHooks()
        hooks.before.add(.blocking { throw Refused() })
        let end = try await withFunction(form, hooks, endsAlone: true) { api in
            let report = try await api.expect("POST", "/init/error")
            #expect(report.headers["Lambda-Runtime-Function-Error-Type"] == "Runtime.BeforeSnapshotError")
            #expect(report.body.contains(#""errorMessage":"Refused: Refused(reason: \"no\")""#))
        }
        #expect(end == #"Runtime.BeforeSnapshotError: Refused: Refused(reason: "no")"#)
    }

    @Test(arguments: Form.allCases)
    func aHookThatThrowsAfterTheRestoreIsARestoreError(_ form: Form) async throws {
        let hooks = SnapshotHooks()
        hooks.after.add(.suspending { throw Refused() })
        let end = try await withFunction(form, hooks, endsAlone: true) { api in
            try await api.expect("GET", "/restore/next")
            api.answerRestore()
            let report = try await api.expect("POST", "/restore/error")
            #expect(report.headers["Lambda-Runtime-Function-Error-Type"] == "Runtime.AfterRestoreError")
            #expect(report.body.contains(#""errorType":"Runtime.AfterRestoreError""#))
        }
        #expect(end == #"Runtime.AfterRestoreError: Refused: Refused(reason: "no")"#)
    }

    /// The process ends all the same, and its log has the reason.
    @Test(arguments: Form.allCases, ["/init/error", "/restore/error"])
    func aReportThatNobodyAnswersHoldsUpNobody(_ form: Form, _ call: String) async throws {
        let hooks = SnapshotHooks()
        let hook = SnapshotHooks.Hook.blocking { throw Refused() }
        if call == "/init/error" { hooks.before.add(hook) } else { hooks.after.add(hook) }
        let end = try await withFunction(form, hooks, endsAlone: true) { api in
            api.answerRestore()
            api.reply(.park, on: call)
            if call == "/restore/error" { try await api.expect("GET", "/restore/next") }
            try await api.expect("POST", call)
        }
        #expect(end.hasSuffix(#"Refused: Refused(reason: "no")"#))
    }

    @Test(arguments: Form.allCases)
    func aServiceThatRefusesTheRestoreEndsTheFunction(_ form: Form) async throws {
        let end = try await withFunction(form, SnapshotHooks(), endsAlone: true) { api in
            let refusal = #"{"errorType":"InvalidStateTransition","errorMessage":"no"}"#
            try await api.expect("GET", "/restore/next")
            api.answerRestore(.answer(403, refusal))
        }
        #expect(end == "Runtime API restore/next answered 403 InvalidStateTransition: no")
    }
}
