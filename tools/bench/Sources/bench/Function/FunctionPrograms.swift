import ArgumentParser
import Glibc

/// The executables that are measured.
struct FunctionPrograms: ParsableArguments {
    @Option(name: .customLong("functions"), help: "The folder with the functions, and the extension, of today's build.")
    var own: Build
    @Option(help: "The same of the baseline; without it there is nothing of it in the tables.")
    var baseline: Build?
    @Option(name: .customLong("peers"), help: "The folder with the C peers.")
    var cPeers: String
    @Option(
        name: .customLong("peer"),
        help: "Another function to measure beside, as NAME=COMMAND; may be given several times.",
        transform: Peer.init(parsing:))
    var others: [Peer] = []

    /// The beginning of the names of the baseline's functions.
    static let baselinePrefix = "baseline: "

    var floor: String { cPeers + "/function-floor" }
    var staticFloor: String { cPeers + "/function-floor-static" }
    var extensionFloor: String { cPeers + "/floor" }

    /// A form that a function may have.
    enum Form: String, CaseIterable {
        case blocking, async, codable, streaming, embedded

        var words: String {
            switch self {
            case .blocking: "runBlocking"
            case .async: "run"
            case .codable: "run, Codable"
            case .streaming: "runStreaming"
            case .embedded: "Embedded"
            }
        }
    }

    /// The functions of one build, with the extension that belongs to them.
    struct Build: ExpressibleByArgument {
        let folder: String

        init?(argument: String) { folder = argument }

        var `extension`: String { folder + "/postinvoke" }
        var wrapped: String { folder + "/wrapped" }
        var doneCalls: String { folder + "/done-calls" }

        /// The function of a form; nil if the build has none.
        func function(_ form: Form) -> String? {
            let path = folder + "/" + form.rawValue
            return access(path, X_OK) == 0 ? path : nil
        }
    }

    /// The goals that cannot be looked at, for the report.
    var missing: [String] {
        (own.function(.embedded) == nil ? ["there is no Embedded function: its goals were not looked at"] : [])
            + (baseline == nil ? ["the baseline cannot be had: the goals beside it were not looked at"] : [])
    }
}
