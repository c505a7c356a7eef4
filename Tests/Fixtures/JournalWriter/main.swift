// Writes into the journal of the machine, to be read back by whoever started it; see tools/systemd/test/run. It prints
// how many allocations 1,000 entries took.
#if Systemd
import CAllocationCount
import Systemd

func writeEntries(to journal: Journal) throws(Errno) {
    var entry = JournalEntry()
    let binary: [UInt8] = [0x66, 0x00, 0xFF, 0x0A, 0x3D, 0x80]
    var before: UInt64 = 0
    for number in 0...1_000 as ClosedRange<UInt64> {
        // The first entry opens the socket.
        if number == 1 { before = UInt64(allocation_count()) }
        entry.removeAll()
        entry.field("MESSAGE", "two\nlines")
        entry.field("SYSLOG_IDENTIFIER", "journal-writer")
        entry.field("PRIORITY", JournalPriority.notice.rawValue)
        entry.field("NUMBER", number)
        entry.field("EMPTY", ByteView.empty)
        binary.withByteView { entry.field("BINARY", $0) }
        try journal.send(entry)
    }
    let allocations = UInt64(allocation_count()) - before
    print(allocations_are_counted() ? "\(allocations) allocations" : "allocations are not counted")

    // More than a datagram holds.
    entry.removeAll()
    entry.field("MESSAGE", "large")
    entry.field("SYSLOG_IDENTIFIER", "journal-writer")
    entry.field("LARGE") { value in for _ in 0..<(1 << 20) { value.append("x") } }
    try journal.send(entry)
}

let journal = try Journal()
try writeEntries(to: journal)
#endif

#if SwiftLog
import JournalLogging
import Logging

struct Mishap: Error {}

func writeLog(to journal: Journal) {
    let provider = Logger.MetadataProvider { ["shared": "provider", "from-provider": "yes"] }
    let handler = JournalLogHandler(
        label: "test.logger", identifier: "journal-logger", journal: journal, logLevel: .debug,
        metadataProvider: provider)
    var logger = Logger(label: "test.logger") { _ in handler }
    logger[metadataKey: "request-id"] = "8476"
    logger[metadataKey: "shared"] = "logger"
    logger.trace("not written")
    for level in [.debug, .info, .notice, .warning, .error, .critical] as [Logger.Level] {
        logger.log(level: level, "\(level)", metadata: ["list of": .array(["a", "b\nc"]), "_x=y": "z"])
    }
    logger.error(
        "with an error", error: Mishap(),
        metadata: ["shared": "entry", "MESSAGE_ID": "0123456789abcdef0123456789abcdef"])
}

writeLog(to: journal)
#endif
