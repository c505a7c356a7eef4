import ServiceFakes
import Testing

/// The test function as on a Managed Instance.
@Suite struct ManagedProcessTests {
    private func withFunction(
        start: String = "", workers: String, api: String? = nil, _ test: (FunctionProcess) async throws -> Void
    ) async throws {
        var environment = [
            "AWS_LAMBDA_INITIALIZATION_TYPE": "lambda-managed-instances", "AWS_LAMBDA_MAX_CONCURRENCY": workers,
        ]
        environment["AWS_LAMBDA_RUNTIME_API"] = api
        let function = try await FunctionProcess(
            start: start, extensionAddress: "127.0.0.1:1", environment: environment)
        do {
            try await test(function)
        } catch {
            function.terminate()
            _ = try? await function.end()
            throw error
        }
    }

    private func expectNexts(_ count: Int, _ function: FunctionProcess) async throws {
        for _ in 0..<count { try await function.api.expect("GET", "/invocation/next") }
    }

    @Test func whatRunsAtSIGTERMEndsAndShutdownComesLast() async throws {
        try await withFunction(workers: "3") { function in
            try await expectNexts(3, function)
            for id in ["id-1", "id-2"] {
                function.api.give(#"{"do":"until-end","ms":20}"#, id: id)
                #expect(try await function.output.next() == "handler until-end")
            }
            function.terminate()
            #expect(try await function.end() == 0)
            let lines = function.output.all.dropFirst(2)
            #expect(lines.filter { $0 == "handler ends" }.count == 2)
            #expect(lines.filter { $0 == "closure ends" }.count == 2)
            #expect(lines.suffix(2) == ["shutdown, registered last", "shutdown, registered first"])
            #expect(lines.count == 6)
            let asked = function.api.service.requests.map(\.path).dropFirst(3)
            #expect(
                Set(asked) == Set(["id-1", "id-2"].map { "/2018-06-01/runtime/invocation/\($0)/response" }),
                "nobody asks again")
            #expect(function.errors.all.isEmpty)
        }
    }

    @Test func anIdleFunctionEndsWithItsShutdown() async throws {
        try await withFunction(workers: "64") { function in
            try await expectNexts(64, function)
            function.terminate()
            #expect(try await function.end() == 0)
            #expect(function.output.all == ["shutdown, registered last", "shutdown, registered first"])
        }
    }

    @Test(arguments: [
        ("0", "is out of range"), ("4097", "is out of range"), ("-3", "is out of range"),
        ("many", "is no whole number"),
    ])
    func aBadConcurrencyIsNamed(workers: String, fault: String) async throws {
        for start in ["", "blocking"] {
            try await withFunction(start: start, workers: workers) { function in
                let code = try await function.end()
                #expect(code == 78)
                #expect(
                    function.errors.all
                        == [
                            #"lambda-runtime: AWS_LAMBDA_MAX_CONCURRENCY "\#(workers)" \#(fault); allowed: "#
                                + "a whole number from 1 to 4096"
                        ])
            }
        }
    }

    @Test func elsewhereTheNumberIsNobodysConcern() async throws {
        let function = try await FunctionProcess(
            start: "plain", extensionAddress: "127.0.0.1:1",
            environment: [
                "AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency", "AWS_LAMBDA_MAX_CONCURRENCY": "many",
            ])
        try await function.api.expect("GET", "/invocation/next")
        function.api.give("1", id: "id-1")
        try await function.api.expect("POST", "/invocation/id-1/response")
        function.terminate()
        _ = try await function.end()
    }

    @Test func aBlockingFunctionServesOneAtATime() async throws {
        try await withFunction(start: "blocking", workers: "8") { function in
            for number in 0..<5 {
                try await function.api.expect("GET", "/invocation/next")
                function.api.give("\(number)", id: "id-\(number)")
                try await function.api.expect("POST", "/invocation/id-\(number)/response")
            }
            try await function.api.expect("GET", "/invocation/next")
            function.terminate()
            #expect(try await function.end() == 0)
        }
    }

    @Test func troubleIsToldWhenItBeginsAndWhenItEnds() async throws {
        try await withFunction(workers: "2") { function in
            let api = function.api
            try await expectNexts(2, function)
            for _ in 0..<3 { api.answerNext(.answer(500, #"{"errorType":"Runtime.Odd","errorMessage":"a\nb"}"#)) }
            try await expectNexts(3, function)
            #expect(
                try await function.errors.next()
                    == "lambda-runtime: Runtime API invocation/next answered 500 Runtime.Odd: a b; "
                    + "a worker pauses and asks again, the others of 2 go on")
            // One event for each worker, at once: the second handler begins while the first is still there.
            for id in ["id-1", "id-2"] { api.give(#"{"do":"until-end"}"#, id: id) }
            for _ in 0..<2 { #expect(try await function.output.next() == "handler until-end") }
            #expect(
                try await function.errors.next()
                    == "lambda-runtime: all 2 workers are served again, after 3 failed calls")
            function.terminate()
            #expect(try await function.end() == 0)
            #expect(function.errors.all.count == 2)
        }
    }

    @Test(arguments: ["1", "8"])
    func aServiceThatWasNeverThereIsNamedByItsAddress(workers: String) async throws {
        try await withFunction(workers: workers, api: "127.0.0.1:1") { function in
            let code = try await function.end()
            #expect(code == 1)
            #expect(
                function.errors.all
                    == [
                        "lambda-runtime: Runtime API invocation/next cannot connect: Connection refused; "
                            + "AWS_LAMBDA_RUNTIME_API is 127.0.0.1:1"
                    ])
        }
    }

    @Test func aMissingServiceEndsTheProcess() async throws {
        try await withFunction(workers: "8") { function in
            try await expectNexts(8, function)
            function.api.service.stop()
            #expect(try await function.end() == 1)
            #expect(
                function.errors.all.last
                    == "lambda-runtime: Runtime API invocation/next cannot connect: Connection refused; "
                    + "AWS_LAMBDA_RUNTIME_API is \(function.api.service.address)")
            #expect(function.errors.all.count == 2, "the trouble, and what came of it")
        }
    }
}
