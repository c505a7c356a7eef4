import ArgumentParser

/// The executables that are measured.
struct Programs: ParsableArguments {
    @Option(help: "The extension that is shipped, a static executable.")
    var `extension`: String
    @Option(help: "The folder with the C peers.")
    var peers: String
    @Option(help: "A build of the extension whose allocations a preloaded library can count.")
    var countable: String?
    @Option(help: "The library that counts them.")
    var counter: String?
    @Option(
        name: .customLong("peer"),
        help: "Another extension to measure beside, as NAME=COMMAND; may be given several times.",
        transform: Peer.init(parsing:))
    var others: [Peer] = []
    @Option(help: "The recorded number of instructions a cycle, in a file; they are counted, with valgrind, if given.")
    var instructions: String?

    var floor: String { peers + "/floor" }
    var staticFloor: String { peers + "/floor-static" }
    var pingpong: String { peers + "/pingpong" }
}
