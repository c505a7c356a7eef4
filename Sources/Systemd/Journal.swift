#if Systemd
import CLinux
import CSystemd
import Reactor

/// The journal of this machine, which is there.
public struct Journal: Sendable {
    /// Looks whether a journal listens.
    ///
    /// sd_journal_sendv(3) answers success when there is none, and the entry is lost; so this is asked first. Once
    /// it listened, the service manager keeps its socket open while it restarts.
    ///
    /// - Throws: the `Errno` of reaching it, such as `Errno.noSuchFile`.
    public init() throws(Errno) { try self.init(at: "/run/systemd/journal/socket") }

    package init(at path: ByteView) throws(Errno) { _ = try DatagramSocket.connect(to: .unix(path.array)) }

    /// Sends an entry; a `SYSLOG_IDENTIFIER` is added if it has none. Entries too large for a datagram go through a
    /// memory file.
    ///
    /// - Throws: the `Errno` of sd_journal_sendv(3).
    public func send(_ entry: borrowing JournalEntry) throws(Errno) {
        let answer = entry.withVectors { vectors, count in sd_journal_sendv(vectors, Int32(count)) }
        if answer < 0 { throw Errno(rawValue: -answer) }
    }
}
#endif
