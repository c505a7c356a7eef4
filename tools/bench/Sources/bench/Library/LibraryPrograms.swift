/// The executables that are measured, and what they are given.
struct LibraryPrograms {
    /// The folder with `parse-heads`, `serve`, `tasks` and `timers`.
    let own: String
    /// The folder with `nio-parse-heads` and `nio-serve`.
    let peers: String
    /// Nil where there is none.
    let nginx: String?
    /// The folder with the table of heads and wrk's script.
    let inputs: String

    var heads: String { inputs + "/heads.txt" }
    var pipeline: String { inputs + "/pipeline.lua" }
}
