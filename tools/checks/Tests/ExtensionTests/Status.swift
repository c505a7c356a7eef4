/// The content of `GET /status`.
struct Status: Decodable, Equatable {
    struct Releases: Decodable, Equatable {
        var done = 0
        var session = 0
        var deadline = 0
        var budget = 0
        var passThrough = 0
    }

    var mode: String
    var state: String
    var requestId: String?
    var holds: Int
    var releases: Releases
    var early: Int
    var stale: Int
    var refused: Int
    var connections: Int
    var pid: Int
    var uptimeMs: Int
}
