import Reactor
import Timing

/// Measures arming, cancelling and moving a timer, by the number of armed timers.
///
/// usage: timers [--count] COUNT
///
/// Prints `ARM CANCEL MOVE`, the nanoseconds that each of COUNT timers takes in random order; `--count` does everything once,
/// in the order that is worst for a heap, each in a part of its own for callgrind, and prints how many timers were moved.
let isCounting = CommandLine.arguments.dropFirst().first == "--count"
guard let count = CommandLine.arguments.last.flatMap({ Int($0) }), count > 0 else {
    fail("usage: timers [--count] COUNT")
}

/// One of several runs.
struct Run {
    let timers: [EventLoop.Timer]
    let deadlines: [Instant]
    let order: [Int]
    /// Moving all of a million would be most of the run.
    var moves: Int { min(timers.count, 20_000) }

    /// Armed in random order of deadline; cancelled and moved in another random order.
    init(_ count: Int, on loop: EventLoop, _ random: inout SystemRandomNumberGenerator) {
        timers = (0..<count).map { _ in loop.makeTimer {} }
        let later = Instant.now + .seconds(3_600)
        deadlines = (0..<count).map { _ in
            later + .nanoseconds(Int64.random(in: 0..<1_000_000_000, using: &random))
        }
        order = (0..<count).shuffled(using: &random)
    }

    /// Each armed before all others, the first of all cancelled, the first of all moved behind almost all.
    init(worst count: Int, on loop: EventLoop) {
        timers = (0..<count).map { _ in loop.makeTimer {} }
        let later = Instant.now + .seconds(3_600)
        deadlines = (0..<count).map { later + .nanoseconds(Int64(count - $0)) }
        order = (0..<count).reversed()
    }

    func arm() { for index in timers.indices { timers[index].arm(at: deadlines[index]) } }
    func cancel() { for index in order { timers[index].cancel() } }
    func move() { for index in 0..<moves { timers[order[index]].arm(at: deadlines[index]) } }
}

let loop = try EventLoop()
if isCounting {
    let run = Run(worst: count, on: loop)
    func mark(_ part: () -> Void) {
        markPart()
        part()
        markPart()
    }
    // The heap's memory is got once in a process's life.
    run.arm()
    run.cancel()
    mark(run.arm)
    mark(run.cancel)
    run.arm()
    mark(run.move)
    print(run.moves)
} else {
    var random = SystemRandomNumberGenerator()
    // Small ones are done several times over; the least counts, since disturbances only add.
    var least = (arm: Double.infinity, cancel: Double.infinity, move: Double.infinity)
    for _ in 0..<max(3, min(50, 100_000 / count)) {
        let run = Run(count, on: loop, &random)
        least.arm = min(least.arm, nanoseconds(each: count, run.arm))
        least.move = min(least.move, nanoseconds(each: run.moves, run.move))
        least.cancel = min(least.cancel, nanoseconds(each: count, run.cancel))
    }
    print(least.arm, least.cancel, least.move)
}
