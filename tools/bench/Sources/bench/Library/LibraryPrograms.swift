import ArgumentParser

/// The executables that are measured, and what they are given.
struct LibraryPrograms: ParsableArguments {
    @Option(name: .customLong("programs"), help: "The folder with the library's programs.")
    var own: String
    @Option(help: "The folder with the peers on SwiftNIO.")
    var peers: String
    @Option(help: "nginx; without it there is nothing of it in the tables.")
    var nginx: String?
    @Option(help: "The folder with the table of heads and wrk's script.")
    var inputs: String
    @Option(
        name: .customLong("peer"),
        help: """
            Another program to measure beside, as NAME=COMMAND; may be given several times. picohttpparser is a parser, which \
            gets the table of heads and prints what parse-heads does; any other is a server, which gets a port.
            """,
        transform: Peer.init(parsing:))
    var others: [Peer] = []

    var heads: String { inputs + "/heads.txt" }
    var pipeline: String { inputs + "/pipeline.lua" }
    var parsers: [Peer] { others.filter { $0.name == "picohttpparser" } }
    var servers: [Peer] { others.filter { $0.name != "picohttpparser" } }
}
