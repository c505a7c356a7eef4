@_exported import SandboxCore

/// Something a picture may show.
public enum Fact: Sendable {
    /// A fact of the environment's life.
    case note(Note)
    /// A caller has its answer.
    case answered(id: String, isError: Bool)
    /// A process wrote a line.
    case output(process: String)
}

public struct Recorder: Sendable {
    public init(title: String, extensions: [String]) {}
    public mutating func record(_ fact: Fact, at: Moment) {}
    public func svg() -> String { "" }
}
