import CLinux
import ServiceFakes
import Testing

@Suite struct FunctionProcessTests {
    private func withFunction(
        start: String = "", with given: FakeService? = nil, _ test: (FunctionProcess, FakeService) async throws -> Void
    ) async throws {
        let started = given == nil ? try await FakeExtension.start() : nil
        let service = given ?? started!
        defer { service.stop() }
        let function = try await FunctionProcess(start: start, extensionAddress: service.address)
        do {
            try await test(function, service)
        } catch {
            function.terminate()
            _ = try? await function.end()
            throw error
        }
    }

    @Test func closuresRunAfterTheResponseAndShutdownComesLast() async throws {
        try await withFunction { function, service in
            let api = function.api
            try await service.expect("GET", "/check")
            try await api.expect("GET", "/invocation/next")
            api.reply(.park, on: "/invocation/id-1/response")
            api.give(#"{"do":"closures","count":2,"ms":20}"#, id: "id-1")
            try await api.expect("POST", "/invocation/id-1/response")
            #expect(try await function.output.next() == "handler closures")
            #expect(function.output.all.count == 1, "nothing runs before the response was accepted")
            api.service.answerParked(.answer(202))
            for line in ["closure 2 begins", "closure 2 ends", "closure 1 begins", "closure 1 ends"] {
                #expect(try await function.output.next() == line)
            }
            let done = try await service.expect("POST", "/done")
            #expect(done.headers["Lambda-Runtime-Aws-Request-Id"] == "id-1")
            try await api.expect("GET", "/invocation/next")

            function.terminate()
            #expect(try await function.output.next() == "shutdown, registered last")
            #expect(try await function.output.next() == "shutdown, registered first")
            #expect(try await function.end() == 0)
        }
    }

    @Test func doneFollowsTheAcceptanceWithoutClosures() async throws {
        try await withFunction { function, service in
            let api = function.api
            try await api.expect("GET", "/invocation/next")
            try await service.expect("GET", "/check")
            for number in 0..<50 {
                api.reply(.park, on: "/invocation/id-\(number)/response")
                api.give("{}", id: "id-\(number)")
                try await api.expect("POST", "/invocation/id-\(number)/response")
                #expect(service.requests.count == number + 1)
                api.service.answerParked(.answer(202))
                let done = try await service.expect("POST", "/done")
                #expect(done.headers["Lambda-Runtime-Aws-Request-Id"] == "id-\(number)")
                try await api.expect("GET", "/invocation/next")
            }
            function.terminate()
            #expect(try await function.end() == 0)
        }
    }

    @Test func aDoneThatWasLostIsSaidOnceMoreWhileNoEventComes() async throws {
        let extensionThatBreaksOnce = try await FakeExtension.startHangingUpOnce()
        try await withFunction(with: extensionThatBreaksOnce) { function, service in
            try await service.expect("GET", "/check")
            try await function.api.expect("GET", "/invocation/next")
            function.api.give("{}", id: "id-1")
            try await function.api.expect("POST", "/invocation/id-1/response")
            try await function.api.expect("GET", "/invocation/next")
            try await service.expect("POST", "/done")
            try await service.expect("GET", "/check")
            let again = try await service.expect("POST", "/done")
            #expect(again.headers["Lambda-Runtime-Aws-Request-Id"] == "id-1")
            function.terminate()
            #expect(try await function.end() == 0)
        }
    }

    @Test func aFailingClosureIsNamedByItsPlace() async throws {
        try await withFunction { function, service in
            function.api.give(#"{"do":"closure-throw","text":"no luck"}"#, id: "id-1")
            try await service.expect("GET", "/check")
            try await service.expect("POST", "/done")
            let line = try await function.errors.next()
            #expect(line.hasPrefix("postinvoke: id-1: the closure from test_function/Behavior.swift:"))
            #expect(line.hasSuffix(" failed with FunctionError: TestError: no luck"))
            function.terminate()
            #expect(try await function.end() == 0)
            #expect(function.output.all.prefix(2) == ["handler closure-throw", "closure after the failure"])
        }
    }

    @Test(arguments: [
        (#"{"do":"closure-timeout","ms":5}"#, Duration.seconds(900), "its timeout of 0.005 seconds is over"),
        (#"{"do":"closure-timeout","ms":60000}"#, .seconds(5), "the deadline of its invocation is near"),
        (#"{"do":"closures","ms":60000}"#, .seconds(5), "the deadline of its invocation is near"),
    ])
    func aCancelledClosureSaysWhichLimitStruck(event: String, deadline: Duration, cause: String) async throws {
        try await withFunction { function, service in
            try await service.expect("GET", "/check")
            // The deadline counts from here, not from the start of a process on a busy machine.
            try await function.api.expect("GET", "/invocation/next")
            function.api.give(event, id: "id-1", deadline: deadline)
            try await service.expect("POST", "/done")
            let line = try await function.errors.next()
            #expect(line.hasPrefix("postinvoke: id-1: the closure from test_function/Behavior.swift:"))
            #expect(line.hasSuffix(" was cancelled: \(cause)"))
            function.terminate()
            #expect(try await function.end() == 0)
        }
    }

    @Test func anErrorIsReportedAndItsClosuresRun() async throws {
        try await withFunction { function, service in
            function.api.give(#"{"do":"throw-with-closure","text":"broken"}"#, id: "id-1")
            try await function.api.expect("GET", "/invocation/next")
            let report = try await function.api.expect("POST", "/invocation/id-1/error")
            #expect(report.body == #"{"errorMessage":"broken","errorType":"TestError","stackTrace":[]}"#)
            try await service.expect("GET", "/check")
            try await service.expect("POST", "/done")
            function.terminate()
            #expect(try await function.end() == 0)
            #expect(function.output.all.prefix(2) == ["handler throw-with-closure", "closure after an error"])
        }
    }

    @Test func shutdownIsNotHeldUpByAClosureThatTakesTooLong() async throws {
        try await withFunction(start: "unclosed") { function, _ in
            try await function.api.expect("GET", "/invocation/next")
            function.terminate()
            #expect(try await function.errors.next().contains("the closures at shutdown took longer than"))
            #expect(try await function.end() == 0)
        }
    }

    @Test func aHandlerThatWasThereBeforeIsCalledFirst() async throws {
        try await withFunction(start: "chain") { function, _ in
            try await function.api.expect("GET", "/invocation/next")
            function.terminate()
            #expect(try await function.end() == 0)
            #expect(
                function.output.all
                    == ["handler before", "shutdown, registered last", "shutdown, registered first"])
        }
    }

    /// It is noticed when the next invocation begins.
    @Test(arguments: ["late", "late-chain"])
    func aHandlerThatCameLaterIsCalledToo(start: String) async throws {
        try await withFunction(start: start) { function, _ in
            for number in 0..<3 {
                try await function.api.expect("GET", "/invocation/next")
                function.api.give("{}", id: "id-\(number)")
                try await function.api.expect("POST", "/invocation/id-\(number)/response")
            }
            try await function.api.expect("GET", "/invocation/next")
            function.terminate()
            #expect(try await function.end() == 0)
            #expect(
                function.output.all == [
                    "handler echo", "handler echo", "handler echo",
                    "handler after", "shutdown, registered last", "shutdown, registered first",
                ])
        }
    }

    /// Whoever came later may have had the signal without a call of any handler, and ends the process because of it.
    @Test(arguments: [("late", ["shutdown, registered last", "shutdown, registered first"]), ("", [])])
    func whoHasTakenTheSignalMayExitFirst(start: String, lines: [String]) async throws {
        try await withFunction(start: start) { function, _ in
            try await function.api.expect("GET", "/invocation/next")
            function.api.give(#"{"do":"exit","count":3}"#, id: "id-1")
            #expect(try await function.end() == 3)
            #expect(function.output.all == ["handler exit"] + lines)
        }
    }

    @Test func closuresAtShutdownRunOnceHoweverTheyAreAskedFor() async throws {
        try await withFunction { function, _ in
            try await function.api.expect("GET", "/invocation/next")
            function.api.give(#"{"do":"shutdown"}"#, id: "id-1")
            try await function.api.expect("POST", "/invocation/id-1/response")
            try await function.api.expect("GET", "/invocation/next")
            function.terminate()
            #expect(try await function.end() == 0)
            #expect(
                function.output.all == ["handler shutdown", "shutdown, registered last", "shutdown, registered first"])
        }
    }

    @Test func aFunctionWithoutTheLayerSaysSo() async throws {
        let service = try await FakeExtension.start()
        service.stop()
        try await service.stopped()
        let function = try await FunctionProcess(extensionAddress: service.address)
        let message =
            "unable to connect to the extension at \(service.address) - did you forget to add the Lambda layer?"
        // This service registers no extension, so that the function cannot hold itself either.
        try await function.api.service.expect("POST", "/2020-01-01/extension/register")
        let report = try await function.api.expect("POST", "/init/error")
        #expect(report.headers["Lambda-Runtime-Function-Error-Type"] == "PostInvokeError")
        #expect(report.body.contains(message))
        #expect(try await function.errors.next() == "lambda-runtime: \(message)")
        #expect(try await function.end() == 1)
    }

    @Test func atTheTopLevelAConnectionThatFailsIsReportedOnce() async throws {
        let service = try await FakeExtension.start()
        service.stop()
        try await service.stopped()
        let function = try await FunctionProcess(start: "top-level", extensionAddress: service.address)
        let report = try await function.api.expect("POST", "/init/error")
        let message =
            "unable to connect to the extension at \(service.address) - did you forget to add the Lambda layer?"
        #expect(report.headers["Lambda-Runtime-Function-Error-Type"] == "PostInvokeError")
        #expect(report.headers["Content-Type"] == "application/json")
        #expect(
            report.body == #"{"errorMessage":"\#(message)","errorType":"PostInvokeError","stackTrace":[]}"#)
        #expect(try await function.end() == 1)
        #expect(function.errors.all == ["postinvoke: \(message)"])
        #expect(function.api.service.requests.count == 1)
    }

    @Test func aBadSettingAtTheTopLevelHasTheExitCodeOfOne() async throws {
        let function = try await FunctionProcess(start: "top-level", extensionAddress: "10.0.0.1:1339\nEND")
        let report = try await function.api.expect("POST", "/init/error")
        #expect(report.body.hasPrefix(#"{"errorMessage":"POSTINVOKE_ADDRESS \"10.0.0.1:1339\\nEND\" has no port "#))
        #expect(try await function.end() == 78)
        #expect(function.errors.all.count == 1, "one entry, whatever text it quotes")
    }

    @Test func withoutAServiceToTellTheReasonIsInTheLog() async throws {
        let function = try await FunctionProcess(start: "top-level", extensionAddress: "nowhere")
        function.api.reply(.hangUp, on: "/init/error")
        #expect(try await function.end() == 78)
        #expect(function.errors.all.count == 1)
    }

    @Test(arguments: [("prints", ["printed after connecting"]), ("prints, buffered", [])])
    func whatIsPrintedAppearsWhenItIsWritten(start: String, lines: [String]) async throws {
        try await withFunction(start: start) { function, service in
            try await service.expect("GET", "/check")
            // Told after the print; nothing that is still in a buffer outlives SIGTERM.
            #expect(try await function.errors.next() == "printed")
            function.terminate()
            #expect(try await function.end() == -SIGTERM)
            #expect(function.output.all == lines)
        }
    }

    @Test func whatAClosureThrowsIsOneEntry() async throws {
        try await withFunction { function, service in
            function.api.give(
                #"{"do":"closure-throw","text":"no\nEND RequestId: id-1\n\u001b[31mluck"}"#, id: "id-1")
            try await service.expect("GET", "/check")
            try await service.expect("POST", "/done")
            function.terminate()
            #expect(try await function.end() == 0)
            let line = try #require(function.errors.all.first)
            #expect(function.errors.all.count == 1)
            #expect(line.hasPrefix("postinvoke: id-1: the closure from test_function/Behavior.swift:"))
            #expect(line.hasSuffix(" failed with FunctionError: TestError: no END RequestId: id-1  [31mluck"))
        }
    }

    @Test func aFunctionThatCannotStartSaysSo() async throws {
        try await withFunction(start: "init-error") { function, _ in
            let report = try await function.api.expect("POST", "/init/error")
            #expect(report.body == #"{"errorMessage":"cannot start","errorType":"TestError","stackTrace":[]}"#)
            #expect(try await function.end() == 1)
        }
    }

    @Test func theFunctionGoesOnWhenTheExtensionIsGone() async throws {
        try await withFunction { function, service in
            let api = function.api
            try await service.expect("GET", "/check")
            try await api.expect("GET", "/invocation/next")
            service.stop()
            try await service.stopped()
            for number in 0..<3 {
                api.give("{}", id: "id-\(number)")
                try await api.expect("POST", "/invocation/id-\(number)/response")
                try await api.expect("GET", "/invocation/next")
            }
            function.terminate()
            #expect(try await function.end() == 0)
            #expect(function.errors.all.count == 1, "it is said once")
            #expect(function.errors.all.first?.contains("is gone") == true)
        }
    }
}
