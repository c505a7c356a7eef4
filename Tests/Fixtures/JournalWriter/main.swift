// Writes into the journal of the machine, to be read back by whoever started it; see tools/systemd/test/run. It prints how
// many allocations 1,000 entries took.
#if Systemd
import CAllocationCount
import Systemd

let journal = try Journal()
var entry = JournalEntry()
let binary: [UInt8] = [0x66, 0x00, 0xFF, 0x0A, 0x3D, 0x80]

func send(_ number: UInt64) throws {
    entry.removeAll()
    entry.field("MESSAGE", "two\nlines")
    entry.field("SYSLOG_IDENTIFIER", "journal-writer")
    entry.field("PRIORITY", JournalPriority.notice.rawValue)
    entry.field("NUMBER", number)
    entry.field("EMPTY", ByteView.empty)
    binary.withUnsafeBytes { bytes in entry.field("BINARY", ByteView(bytes)) }
    try journal.send(entry)
}

try send(0)
let before = allocation_count()
for number in 1...1_000 as ClosedRange<UInt64> { try send(number) }
let allocations = allocation_count() - before

// More than a datagram holds.
entry.removeAll()
entry.field("MESSAGE", "large")
entry.field("SYSLOG_IDENTIFIER", "journal-writer")
entry.field("LARGE") { value in for _ in 0..<(1 << 20) { value.append("x") } }
try journal.send(entry)
print(allocations_are_counted() ? "\(allocations) allocations" : "not counted")
#endif

#if SwiftLog
import JournalLogging
import Logging

struct Mishap: Error {}

var handler = JournalLogHandler(label: "test.logger", identifier: "journal-logger", journal: journal, logLevel: .debug)
handler.metadataProvider = Logger.MetadataProvider { ["shared": "provider", "from-provider": "yes"] }
var logger = Logger(label: "test.logger") { _ in handler }
logger[metadataKey: "request-id"] = "8476"
logger[metadataKey: "shared"] = "logger"
logger.trace("not written")
for (level, text) in [
    (.debug, "debug"), (.info, "info"), (.notice, "notice"), (.warning, "warning"), (.error, "error"),
    (.critical, "critical"),
] as [(Logger.Level, String)] {
    logger.log(level: level, "\(text)", metadata: ["list of": .array(["a", "b\nc"]), "_x=y": "z"])
}
logger.error(
    "with an error", error: Mishap(), metadata: ["shared": "entry", "MESSAGE_ID": "0123456789abcdef0123456789abcdef"])
#endif
