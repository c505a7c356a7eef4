import Reactor
import Timing

/// Measures tasks on an event loop, beside callbacks that do the same.
///
/// usage: tasks ROUNDS
///
/// Prints a line `NAME NANOSECONDS` for each of them in each round; the rounds go through them forwards and backwards in
/// turn.
guard CommandLine.arguments.count == 2, let rounds = Int(CommandLine.arguments[1]) else { fail("usage: tasks ROUNDS") }

let loop = try EventLoop()
let measured: [(name: String, measure: (EventLoop) throws -> Double)] = [
    ("resume", Resuming.nanoseconds), ("actor", Hopping.nanoseconds),
    ("sleep", Sleeping.nanoseconds), ("timer", Sleeping.nanosecondsOfTimer),
    ("socket", Echoing.nanoseconds), ("handler", Echoing.nanosecondsOfHandlers),
]
// The first round warms up.
for round in 0...rounds {
    for (name, measure) in round.isMultiple(of: 2) ? measured : measured.reversed() {
        let time = try measure(loop)
        if round > 0 { print(name, time) }
    }
}
