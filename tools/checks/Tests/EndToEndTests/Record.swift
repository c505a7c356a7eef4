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
}
