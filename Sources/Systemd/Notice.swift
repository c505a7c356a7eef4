import Reactor

/// A message of a service to its manager: lines of `NAME=value` (sd_notify(3)).
public struct Notice: ~Copyable {
    private var lines = Buffer(capacity: 256)

    /// A notice that says nothing yet.
    public init() {}

    /// The datagram; valid until the notice is changed.
    public var bytes: ByteView { lines.readable }

    /// True if it says nothing.
    public var isEmpty: Bool { lines.isEmpty }

    /// Forgets what it says and keeps the memory.
    public mutating func removeAll() { lines.removeAll() }

    /// `READY=1`: the start is over, or the reload.
    public mutating func ready() { lines.append("READY=1\n") }

    /// `WATCHDOG=1`: the service is alive.
    public mutating func watchdog() { lines.append("WATCHDOG=1\n") }

    /// `STOPPING=1`: the end has begun.
    public mutating func stopping() { lines.append("STOPPING=1\n") }

    /// `STATUS=`: how things stand, one line for people. Control characters become spaces, so that no value can say
    /// something else to the manager.
    public mutating func status(_ text: ByteView) {
        lines.append("STATUS=")
        for index in 0..<text.count {
            let byte = text[index]
            lines.append(byte < 0x20 || byte == 0x7F ? ASCII.space : byte)
        }
        lines.append("\n")
    }
}
