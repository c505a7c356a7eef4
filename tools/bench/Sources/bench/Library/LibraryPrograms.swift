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

    var heads: String { inputs + "/heads.txt" }
    var pipeline: String { inputs + "/pipeline.lua" }
}
