/// A process beside the extension, as the kernel has it. A number is used again for another one.
final class SimulatedProcess {
    let number: Int32
    /// The kernel's count of calls when it began, and when it ended; nil while it lives.
    let start: Int
    private(set) var end: Int?

    init(_ number: Int32, at start: Int) {
        self.number = number
        self.start = start
    }

    var hasEnded: Bool { end != nil }

    func end(at count: Int) { end = end ?? count }
}
