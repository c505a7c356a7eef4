import Testing

@testable import SandboxCore

/// Responses that come as they are made.
@Suite struct StreamTests {
    /// A life whose function has begun to stream the response to `r`, and the call over which it comes.
    private func streaming(_ kind: Configuration.Kind = .onDemand, workers: Int = 1) -> (life: Life, call: Call) {
        var life = Life.busy(extensions: [], kind: kind, workers: workers)
        let call = life.runtime(.responding(id: "r"))
        return (life, call)
    }

    @Test func whatHasBegunIsHandedOnAndAnsweredAtItsEnd() {
        var (life, call) = streaming()
        #expect(life.story.last == "hand on r")
        #expect(life.reply(to: call) == nil && life.outcomes(of: "r").isEmpty)
        life.send(.runtime(call, .response(id: "r", FunctionResponse(body: [1], mode: .streaming))))
        #expect(life.reply(to: call) == "202")
        #expect(life.outcomes(of: "r") == [.success(body: [1], contentType: "application/json")])
        life.runtime(.next)
        #expect(life.story.last == "freeze 1")
    }

    @Test(
        arguments: [
            .response(id: "r", FunctionResponse()), .error(id: "r", type: "Broke", body: []), .next,
        ] as [RuntimeCall])
    func nothingElseIsTakenMeanwhile(request: RuntimeCall) {
        var (life, call) = streaming()
        #expect(life.refusal(of: request)?.type == "InvalidStateTransition")
        life.runtime(.responding(id: "r"))
        #expect(life.story.count { $0 == "hand on r" } == 1)
        life.send(.runtime(call, .response(id: "r", FunctionResponse())))
        #expect(life.reply(to: call) == "202")
    }

    @Test(arguments: [("other", nil), ("r", "stale")] as [(String, String?)])
    func whatIsOutOfPlaceIsRefusedAtItsEnd(id: String, invocationID: String?) {
        var life = Life.busy(extensions: [])
        let call = life.runtime(.responding(id: id, invocationID: invocationID))
        #expect(life.reply(to: call) == nil && !life.story.contains("hand on r"))
        life.send(.runtime(call, .response(id: id, invocationID: invocationID, FunctionResponse())))
        #expect(life.refusal(of: call) != nil)
        #expect(life.outcomes(of: "r").isEmpty)
    }

    @Test func aFunctionThatGoesOnHasBrokenItOff() {
        var (life, call) = streaming()
        life.send(.disconnected(call))
        #expect(life.outcomes(of: "r").isEmpty)
        #expect(life.refusal(of: .response(id: "r", FunctionResponse()))?.status == 403)
        life.runtime(.next)
        #expect(life.failure(of: "r") == .truncatedResponse)
        #expect(life.story.last == "freeze 1")
        life.invoke("s")
        life.complete("s")
        #expect(life.outcomes(of: "s").count == 1)
    }

    @Test func theEndOfTheFunctionIsTheBetterReason() {
        var (life, call) = streaming()
        life.send(.disconnected(call))
        life.exit(.function, .code(3))
        #expect(life.failure(of: "r")?.type == "Runtime.ExitError")
    }

    @Test func theTimeoutEndsIt() {
        var (life, call) = streaming()
        life.wait(.seconds(3))
        #expect(life.failure(of: "r")?.isTimeout == true)
        life.send(.runtime(call, .response(id: "r", FunctionResponse())))
        #expect(life.outcomes(of: "r").count == 1)
    }

    @Test func amongOthersItsConnectionIsTheOnlySign() {
        var (life, call) = streaming(.managedInstances, workers: 2)
        life.invoke("s")
        life.send(.disconnected(call))
        #expect(life.failure(of: "r") == .truncatedResponse)
        #expect(life.outcomes(of: "s").isEmpty)
        life.complete("s")
        #expect(life.outcomes(of: "s").count == 1)
    }

    @Test func aLateOneIsRefusedOnce() {
        var life = Life.busy(extensions: [], kind: .managedInstances)
        life.wait(.seconds(3))
        let call = life.runtime(.responding(id: "r"))
        life.send(.runtime(call, .response(id: "r", FunctionResponse())))
        #expect(life.refusal(of: call)?.status == 410)
    }

    @Test func itHasALimitOfItsOwn() {
        var (life, call) = streaming()
        let body = [UInt8](repeating: 0, count: Configuration.streamLimit + 1)
        life.send(.runtime(call, .response(id: "r", FunctionResponse(body: body, mode: .streaming))))
        #expect(life.refusal(of: call)?.status == 413)
        #expect(life.failure(of: "r")?.type == "Function.ResponseSizeTooLarge")
    }
}
