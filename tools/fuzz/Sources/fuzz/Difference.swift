import Foundation
import HTTP1
import JSON
import NIOHTTP1

/// The place that was being read when a judge disagreed.
enum Place: String {
    case request, response, chunks, json
}

/// The way a judge disagrees with us.
enum Disagreement: Equatable, Sendable {
    case onlyWeRefuse(Place, HTTPParseError)
    case onlyWeRefuseJSON
    /// With the judge's words.
    case onlyTheyRefuse(Place, String)
    /// Both accept, and do not see the same.
    case otherwise(Place, String)
}

/// A place where a judge and we part on purpose, and the sentence that says so.
struct Difference: Sendable {
    var judge = "SwiftNIO"
    /// The difference in words, for the page.
    let text: String
    let source: String
    let sentence: String
    /// True if a disagreement about these bytes is this difference.
    let covers: @Sendable (Disagreement, [UInt8]) -> Bool
}

extension Difference {
    /// A difference that covers these disagreements, where the bytes are as it says.
    init(
        judge: String = "SwiftNIO", text: String, source: String, sentence: String, among: [Disagreement],
        when isSo: @escaping @Sendable ([UInt8]) -> Bool = { _ in true }
    ) {
        self.init(judge: judge, text: text, source: source, sentence: sentence) { among.contains($0) && isSo($1) }
    }

    /// The page about the differences.
    static var page: String {
        var page = """
            # Where the judges and we part

            Each of these was found by fuzzing, and stays a difference on purpose. `tools/fuzz/run` fails on any other, and when this
            page is not the table in `Sources/fuzz`.

            | judge | difference | source | sentence |
            |---|---|---|---|

            """
        for difference in all {
            page += "| \(difference.judge) | \(difference.text) | \(difference.source) | \(difference.sentence) |\n"
        }
        return page
    }
}

/// Two do not agree: traps unless the difference is a written one. With `FUZZ_COLLECT` in the environment it only
/// reports the first of each kind, to see what there is.
func differ(_ disagreement: Disagreement, _ bytes: [UInt8]) {
    for difference in Difference.all where difference.covers(disagreement, bytes) { return }
    let text = "\(disagreement): \(String(decoding: bytes, as: UTF8.self).debugDescription)"
    guard isCollecting else { fail("a new difference: \(text)") }
    let kind = "\(disagreement)"
    if collected[kind, default: 0] < 3 { complain("DIFFERENCE \(text)") }
    collected[kind, default: 0] += 1
}

nonisolated(unsafe) private var collected: [String: Int] = [:]
private let isCollecting = ProcessInfo.processInfo.environment["FUZZ_COLLECT"] != nil
