import CLinux
import LambdaRuntime
import LambdaRuntimeCodable
import ServiceFakes
import Synchronization
import Testing

@Suite struct LambdaRuntimeTests {
    @Test func handlesEventAfterEventOverOneConnection() async throws {
        try await withFunction { event, _ in
            event.reversed()
        } _: { api in
            for number in 0..<20 {
                let next = try await api.expect("GET", "/invocation/next")
                api.give("ab\(number)", id: "id-\(number)")
                let response = try await api.expect("POST", "/invocation/id-\(number)/response")
                #expect(response.body == String("ab\(number)".reversed()))
                #expect(next.connection == 0 && response.connection == 0)
            }
        }
    }

    @Test func staysOnOneThreadWhichChildTasksLeave() async throws {
        let threads = Log<UInt>()
        let children = Log<UInt>()
        try await withFunction { event, _ in
            threads.append(clinux_thread())
            async let child: Void = children.append(clinux_thread())
            await Task { children.append(clinux_thread()) }.value
            await child
            await withCheckedContinuation { continuation in Task.detached { continuation.resume() } }
            threads.append(clinux_thread())
            return event
        } _: { api in
            for number in 0..<20 { try await api.handOut("abc", id: "id-\(number)") }
            try await api.expect("GET", "/invocation/next")
            #expect(Set(threads.all).count == 1)
            #expect(children.all.count == 40 && Set(threads.all).isDisjoint(with: children.all))
        }
    }

    @Test func aCodableHandlerStaysThereToo() async throws {
        let threads = Log<UInt>()
        let handler = LambdaHandler<Int, Int>({ number, _ in
            threads.append(clinux_thread())
            return number + 1
        }) { context, body in
            threads.append(clinux_thread())
            return try await body()
        }
        try await withFunction(handler.bytes()) { api in
            for number in 0..<20 {
                #expect(try await api.handOut("\(number)", id: "id-\(number)").body == "\(number + 1)")
            }
            try await api.expect("GET", "/invocation/next")
            #expect(Set(threads.all).count == 1)
        }
    }

    @Test func tellsTheHandlerEverythingAboutTheInvocation() async throws {
        let contexts = Log<LambdaContext>()
        try await withFunction { event, context in
            contexts.append(context)
            return event
        } _: { api in
            try await api.expect("GET", "/invocation/next")
            api.give(
                "{}", id: "id-1", deadline: .seconds(900),
                fields: [
                    ("Lambda-Runtime-Aws-Tenant-Id", "blue"),
                    ("Lambda-Runtime-Client-Context", #"{"app":1}"#), ("Lambda-Runtime-Cognito-Identity", #"{"id":2}"#),
                ])
            let context = try await contexts.next()
            #expect(context.requestID == "id-1")
            #expect(context.invokedFunctionARN == "arn:aws:lambda:eu-north-1:123456789012:function:f")
            #expect(context.tenantID == "blue")
            #expect(context.clientContext == #"{"app":1}"#)
            #expect(context.cognitoIdentity == #"{"id":2}"#)
            #expect(context.remainingTime > .zero && context.remainingTime <= .seconds(900))
        }
    }

    @Test func putsTheTraceIntoTheEnvironment() async throws {
        // The only test that gives traces, since there is only one environment.
        try await withFunction { _, context in
            let variable = getenv("_X_AMZN_TRACE_ID").map { String(cString: $0) }
            return [UInt8]("\(context.traceID ?? "none") \(variable ?? "none")".utf8)
        } _: { api in
            let long = String(repeating: "x", count: 3_000)
            let steps = [
                (nil, "none none"), ("Root=1-abc", "Root=1-abc Root=1-abc"), ("b", "b b"), (nil, "none "),
                (long, "\(long) \(long)"), ("c", "c c"),
            ]
            for (trace, value) in steps {
                try await api.expect("GET", "/invocation/next")
                var fields: [(StaticString, String)] = []
                if let trace { fields.append(("Lambda-Runtime-Trace-Id", trace)) }
                api.give("", id: "id-1", fields: fields)
                #expect(try await api.expect("POST", "/invocation/id-1/response").body == value)
            }
        }
    }

    @Test func reportsAnErrorAndGoesOn() async throws {
        struct OrderMissing: Error { let number = 7 }
        try await withFunction { event, _ in
            if event.isEmpty { throw OrderMissing() }
            return event
        } _: { api in
            try await api.expect("GET", "/invocation/next")
            api.give("", id: "id-1")
            let report = try await api.expect("POST", "/invocation/id-1/error")
            #expect(
                report.body
                    == #"{"errorMessage":"OrderMissing(number: 7)","errorType":"OrderMissing","stackTrace":[]}"#)
            #expect(report.headers["Lambda-Runtime-Function-Error-Type"] == "OrderMissing")
            #expect(report.headers["Content-Type"] == "application/json")
            try await api.expect("GET", "/invocation/next")
            api.give("1", id: "id-2")
            try await api.expect("POST", "/invocation/id-2/response")
        }
    }

    @Test func reportsThatItCannotStart() async throws {
        let ends = Log<String>()
        try await withFunction(
            setup: { throw FunctionError(type: "Config.Missing", message: "no table name") },
            ending: { ends.append("\($0)") }
        ) { api in
            let report = try await api.expect("POST", "/init/error")
            #expect(
                report.body == #"{"errorMessage":"no table name","errorType":"Config.Missing","stackTrace":[]}"#)
            #expect(report.headers["Lambda-Runtime-Function-Error-Type"] == "Config.Missing")
            #expect(try await ends.next() == "Config.Missing: no table name")
        }
    }

    @Test(arguments: [400, 403, 410, 413])
    func goesOnAfterAnAnswerThatCameToNothing(status: Int) async throws {
        try await withFunction { event, _ in
            event
        } _: { api in
            api.reply(
                .answer(status, #"{"errorType":"Some.Reason","errorMessage":"no"}"#), on: "/invocation/id-1/response")
            try await api.expect("GET", "/invocation/next")
            api.give("1", id: "id-1")
            try await api.expect("POST", "/invocation/id-1/response")
            try await api.expect("GET", "/invocation/next")
            api.give("2", id: "id-2")
            try await api.expect("POST", "/invocation/id-2/response")
        }
    }

    @Test func endsWhenTheServiceFails() async throws {
        let ends = Log<String>()
        try await withFunction(setup: { LambdaHandler { event, _ in event } }, ending: { ends.append("\($0)") }) {
            api in
            api.reply(
                .answer(500, #"{"errorType":"InternalError","errorMessage":"out of order"}"#),
                on: "/invocation/id-1/response")
            try await api.expect("GET", "/invocation/next")
            api.give("1", id: "id-1")
            #expect(
                try await ends.next() == "Runtime API response answered 500 InternalError: out of order")
            #expect(api.service.requests.count == 2, "no call is repeated")
        }
    }

    @Test func endsWhenTheConnectionIsLostInNext() async throws {
        let ends = Log<String>()
        try await withFunction(setup: { LambdaHandler { event, _ in event } }, ending: { ends.append("\($0)") }) {
            api in
            try await api.expect("GET", "/invocation/next")
            try await api.service.hangUp()
            #expect(try await ends.next().hasPrefix("Runtime API invocation/next "))
            #expect(api.service.requests.count == 1, "next is never asked for twice")
        }
    }

    @Test(arguments: ["", "a b", "a/b", "a?b", "é"])
    func refusesAnEventWithoutAUsableID(id: String) async throws {
        let ends = Log<String>()
        try await withFunction(setup: { LambdaHandler { event, _ in event } }, ending: { ends.append("\($0)") }) {
            api in
            try await api.expect("GET", "/invocation/next")
            api.give("1", id: id)
            #expect(
                try await ends.next()
                    == "Runtime API invocation/next answered without a usable Lambda-Runtime-Aws-Request-Id")
        }
    }

    @Test func takesPayloadsOfSixMegabytes() async throws {
        let payload = String(repeating: "x", count: 6 << 20)
        try await withFunction { event, _ in
            event
        } _: { api in
            try await api.expect("GET", "/invocation/next")
            api.give(payload, id: "id-1")
            #expect(try await api.expect("POST", "/invocation/id-1/response").body == payload)
        }
    }
}
