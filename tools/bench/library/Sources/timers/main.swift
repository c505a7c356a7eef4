import Reactor

/// What arming and cancelling a timer costs beside how many are armed.
///
/// usage: timers LARGEST
///
/// For each power of ten from a thousand on: `COUNT ARM CANCEL CHANGE`, nanoseconds for arming each of COUNT timers in
/// random order of deadline, for cancelling each in random order, and for moving one of COUNT armed ones.
guard CommandLine.arguments.count == 2, let largest = Int(CommandLine.arguments[1]) else {
    fatalError("usage: timers LARGEST")
}

func time(_ count: Int, _ body: () -> Void) -> Double {
    let start = Instant.now
    body()
    return Double(Instant.now.nanoseconds - start.nanoseconds) / Double(count)
}

let loop = try EventLoop()
var random = SystemRandomNumberGenerator()
var count = 1_000
while count <= largest {
    // The small ones are done several times over; the least counts, since disturbances only add.
    var least = (arm: Double.infinity, cancel: Double.infinity, change: Double.infinity)
    for _ in 0..<max(3, min(50, 100_000 / count)) {
        let timers = (0..<count).map { _ in loop.makeTimer {} }
        let deadlines = (0..<count).map { _ in
            Instant.now + .seconds(3_600) + .nanoseconds(Int64.random(in: 0..<1_000_000_000, using: &random))
        }
        let order = (0..<count).shuffled(using: &random)
        least.arm = min(
            least.arm, time(count) { for index in 0..<count { timers[index].arm(at: deadlines[index]) } })
        let moves = min(count, 20_000)
        least.change = min(
            least.change, time(moves) { for index in 0..<moves { timers[order[index]].arm(at: deadlines[index]) } })
        least.cancel = min(least.cancel, time(count) { for index in order { timers[index].cancel() } })
    }
    print(count, least.arm, least.cancel, least.change)
    count *= 10
}
