import Glibc

/// How the round trip of one connection grows with the idle connections beside it, and what memory an idle one takes.
///
/// usage: idle BUSY-PORT QUIET-PORT COUNT REPEATS ROUNDS
///
/// Opens COUNT idle connections at one server, each of which has served a request, and then measures in turn one active
/// connection there and one at a second server that has no other: prints a line `ratio X` for each repeat, the medians
/// `busy NS` and `quiet NS`, and `bytes N`, what malloc of the first server gave out for each idle connection.
let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
guard arguments.count == 5 else { fail("usage: idle BUSY-PORT QUIET-PORT COUNT REPEATS ROUNDS") }
let (count, repeats, rounds) = (arguments[2], arguments[3], arguments[4])

let busy = Connection(port: arguments[0])
let quiet = Connection(port: arguments[1])
for connection in [busy, quiet] { for _ in 0..<2_000 { connection.exchange("/") } }

let before = busy.allocatedBytes
let idle = (0..<count).map { _ in
    let connection = Connection(port: arguments[0])
    connection.exchange("/")
    return connection
}
let after = busy.allocatedBytes

var medians: (busy: [Int], quiet: [Int]) = ([], [])
for turn in 0..<repeats {
    // Whoever comes first alternates, so that a slow drift of the machine favours nobody.
    let first = turn % 2 == 0 ? busy : quiet
    let second = turn % 2 == 0 ? quiet : busy
    let (one, two) = (first.medianRoundTrip(rounds), second.medianRoundTrip(rounds))
    let (own, other) = turn % 2 == 0 ? (one, two) : (two, one)
    medians.busy.append(own)
    medians.quiet.append(other)
    print("ratio", Double(own) / Double(other))
}
print("busy", medians.busy.sorted()[repeats / 2])
print("quiet", medians.quiet.sorted()[repeats / 2])
print("bytes", count == 0 ? 0 : Double(after - before) / Double(count))
withExtendedLifetime(idle) {}
