import Glibc
import PostInvokeRuntime
import SoakCore

// Plays its part of a run's plan: the event is an invocation's number. What each closure does is written to the driver's
// pipe, since what the process keeps for itself is lost when it is killed.
let ledger = LedgerWriter(path: Player.variable("SOAK_LEDGER"))
guard let plan = Plan(text: Player.variable("SOAK_PLAN")) else { exit(78) }
let player = Player(plan: plan, ledger: ledger)

await LambdaRuntime.run { [player] in
    let postInvoke = try await PostInvoke.connect(mode: .layer)
    postInvoke.onShutdown { player.ledger.write(0, 0, .shutdown) }
    return postInvoke.wrap { event, _ in try await player.handle(event) }
}
