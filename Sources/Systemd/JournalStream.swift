import CLinux
import Reactor

/// Which open file is the journal's: what `JOURNAL_STREAM` says, and what a descriptor is (systemd.exec(5)).
public struct JournalStream: Equatable, Sendable {
    /// The device that the file is on.
    public let device: UInt64
    /// The file's number on it.
    public let inode: UInt64

    /// A file by its numbers.
    public init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }

    /// Reads `device:inode`, the form of `JOURNAL_STREAM`; nil for anything else.
    public init?(parsing text: ByteView) {
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), let device = text[0..<colon].decimal,
            let inode = text.dropFirst(colon + 1).decimal
        else { return nil }
        self.init(device: device, inode: inode)
    }

    /// The stream that a descriptor is open on; nil when it is not open.
    public init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// Returns true if a descriptor is the stream that the service manager connected to the journal. The variable alone
    /// says nothing: a shell that a service starts may have sent the descriptor elsewhere.
    ///
    /// - Parameters:
    ///   - descriptor: standard output or standard error, as a rule.
    ///   - variable: the value of `JOURNAL_STREAM`; nil when it is not set.
    public static func isJournal(_ descriptor: Int32, variable: ByteView?) -> Bool {
        guard let variable, let stream = JournalStream(parsing: variable) else { return false }
        return stream == JournalStream(descriptor: descriptor)
    }
}

extension JournalStream {
    /// True if this process's standard error goes to the journal.
    public static var isStandardError: Bool {
        isJournal(STDERR_FILENO, variable: ProcessEnvironment.value(of: "JOURNAL_STREAM"))
    }
}
