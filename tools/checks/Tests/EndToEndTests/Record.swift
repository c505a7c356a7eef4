import Foundation
import ToolsTestSupport

/// A line of what `--json` writes; which members there are depends on what it reports.
struct Record: Decodable {
    /// `init`, `restore`, `invocation` or `stop`.
    let record: String
    let requestId: String?
    let status: String?
    let errorType: String?
    /// True if the environment was started for this invocation.
    let cold: Bool?
    let initUs: Int?
    let restoreUs: Int?
    let responseUs: Int?
    let durationUs: Int?
    let holdUs: Int?
    let postRuntimeExtensionsUs: Int?
    let response: String?
    /// Of an initialization: `init` or `invoke`.
    let phase: String?
    /// Of a stop: `reset` or `shutdown`.
    let kind: String?
    let reason: String?
    let clean: Bool?

    /// Reads the file `records` of a folder.
    static func all(in folder: TemporaryFolder) throws -> [Record] {
        let decoder = JSONDecoder()
        guard let text = folder.text(of: "records") else { throw TestFailure("no records were written") }
        return try text.split(separator: "\n").map { try decoder.decode(Record.self, from: Data($0.utf8)) }
    }
}
