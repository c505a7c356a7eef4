import SandboxCore
import Testing

/// A function that somebody else starts and ends.
@Suite struct AttachedLifeTests {
    private func starting(_ extensions: [String] = []) -> Life { Life.starting(extensions) { $0.isAttached = true } }

    @Test func oneThatCannotBeginIsStartedAgain() {
        var life = starting()
        for _ in 0..<2 {
            let call = life.runtime(.initError(type: "Runtime.Broke", body: []))
            #expect(life.reply(to: call) == "202")
        }
        life.wait(.seconds(3))
        life.runtime(.next)
        #expect(life.story.last == "freeze 1")
    }

    @Test func oneThatComesEarlyIsTaken() {
        var life = starting(["ext"])
        life.runtime(.next)
        life.enter("ext", ["SHUTDOWN"])
        life.invoke("r")
        #expect(life.story.suffix(5) == ["start function", "freeze 2", "thaw 2", "START r", "event r"])
    }

    @Test func anotherHasTheEventOfOneThatIsGone() {
        var life = starting()
        let next = life.runtime(.next)
        life.send(.disconnected(next))
        #expect(life.story.last == "start function")
        life.invoke("r")
        life.runtime(.next)
        life.runtime(.next)
        life.complete("r")
        #expect(
            life.story.suffix(7) == ["START r", "event r", "event r", "finish r ok", "202", "END r", "freeze 1"])
    }

    /// What registered in the process that is gone is not waited for, and may register again.
    @Test func anInternalExtensionGoesWithIt() {
        var life = starting()
        let waiting = life.enter("inside", ["INVOKE"])
        let next = life.runtime(.next)
        life.send(.disconnected(waiting))
        life.send(.disconnected(next))
        life.invoke("r")
        life.enter("inside", ["INVOKE"])
        life.runtime(.next)
        life.complete("r")
        #expect(life.report(of: "r")?.failure == nil && life.story.last == "freeze 1")
        life.enter("inside", ["INVOKE"])
        life.invoke("s")
        #expect(life.story.suffix(4) == ["thaw 1", "START s", "INVOKE s", "event s"])
    }
}
