import Glibc

/// Something that parses a head a number of times; it traps when the head is not understood.
public protocol HeadParser: ~Copyable {
    /// A parser for one head.
    init(_ head: Head)
    /// Parses the head `rounds` times from its first byte to the end of its fields.
    mutating func parse(rounds: Int)
}

/// The main program of each parser under test: `PROGRAM TABLE` prints `NAME NANOSECONDS` for each head, the least of
/// several batches; `PROGRAM TABLE ROUNDS` parses each head that often and says nothing, for a run that counts
/// instructions.
///
/// - Parameter requestsOnly: whether the parser takes no responses; they are left out.
public func runBench<Parser: HeadParser & ~Copyable>(_: Parser.Type, requestsOnly: Bool = false) {
    let arguments = CommandLine.arguments
    guard arguments.count == 2 || arguments.count == 3 else { fail("usage: \(arguments[0]) TABLE [ROUNDS]") }
    let heads = readHeads(arguments[1]).filter { $0.isRequest || !requestsOnly }
    if arguments.count == 3 {
        guard let rounds = Int(arguments[2]) else { fail("not a number of rounds: \(arguments[2])") }
        for head in heads {
            var parser = Parser(head)
            // What a first call sets up is not the head's.
            parser.parse(rounds: 10)
            markPart()
            parser.parse(rounds: rounds)
            markPart()
        }
        return
    }
    for head in heads {
        var parser = Parser(head)
        print(head.name, least(batches: 15) { parser.parse(rounds: $0) })
    }
}

/// Where callgrind writes out what it has counted and begins anew: every second part is what a head cost.
@inline(never) @_optimize(none)
private func markPart() {}

/// Nanoseconds of one round: the least mean of some batches of about two milliseconds, since whatever disturbs a batch
/// only makes it longer.
private func least(batches: Int, _ body: (Int) -> Void) -> Double {
    var rounds = 64
    while true {
        let start = nanoseconds()
        body(rounds)
        if nanoseconds() - start > 2_000_000 { break }
        rounds *= 2
    }
    var least = Double.infinity
    for _ in 0..<batches {
        let start = nanoseconds()
        body(rounds)
        least = min(least, Double(nanoseconds() - start) / Double(rounds))
    }
    return least
}

private func nanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
