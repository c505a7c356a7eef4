import Glibc
import Timing

/// Something that parses a head a number of times; it traps when the head is not understood.
public protocol HeadParser: ~Copyable {
    /// A parser for one head.
    init(_ head: Head)
    /// Parses the head `rounds` times from its first byte to the end of its fields.
    mutating func parse(rounds: Int)
}

/// The main program of each parser under test: `PROGRAM TABLE` prints `NAME KIND BYTES FIELDS NANOSECONDS` for each head,
/// the least of several batches; `PROGRAM TABLE ROUNDS` parses each head that often, a part each for callgrind, and prints
/// `NAME` only.
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
            // The setup of a first call is not the head's cost.
            parser.parse(rounds: 10)
            markPart()
            parser.parse(rounds: rounds)
            markPart()
            print(head.name)
        }
        return
    }
    for head in heads {
        var parser = Parser(head)
        let time = least(batches: 15) { parser.parse(rounds: $0) }
        print(head.name, head.isRequest ? "request" : "response", head.bytes.count, head.fieldCount, time)
    }
}
