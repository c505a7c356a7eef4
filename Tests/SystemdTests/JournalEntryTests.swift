import CLinux
import Systemd
import TestSupport
import Testing

@Suite struct JournalEntryTests {
    /// The fields as they would be sent.
    private func fields(_ entry: borrowing JournalEntry) -> [[UInt8]] {
        entry.withVectors { vectors, count in
            (0..<count).map { [UInt8](UnsafeRawBufferPointer(start: vectors[$0].iov_base, count: vectors[$0].iov_len)) }
        }
    }

    private static let values: [[UInt8]] = [
        [], Array("one line".utf8), Array("two\nlines\n".utf8), Array("a=b".utf8), [0, 0xFF, 0x0A, 0x80, 0],
        [UInt8](repeating: 0x0A, count: 5_000),
    ]

    @Test(arguments: values)
    func aValueMayHoldAnyBytes(_ value: [UInt8]) {
        var entry = JournalEntry(byteCount: 0, fieldCount: 1)
        entry.field("BEFORE", 1)
        value.withByteView { entry.field("VALUE", $0) }
        entry.field("AFTER") { $0.append("end") }
        #expect(fields(entry) == [Array("BEFORE=1".utf8), Array("VALUE=".utf8) + value, Array("AFTER=end".utf8)])
    }

    @Test func fieldsStayInOrderHoweverManyThereAre() {
        var entry = JournalEntry(byteCount: 1, fieldCount: 1)
        for number in 0..<300 as Range<UInt64> { entry.field("NUMBER", number) }
        #expect(entry.count == 300)
        #expect(fields(entry) == (0..<300).map { Array("NUMBER=\($0)".utf8) })
        entry.removeAll()
        #expect(entry.count == 0)
        #expect(fields(entry).isEmpty)
    }

    @Test func numbersAreWrittenWhole() {
        var entry = JournalEntry()
        entry.field("ZERO", 0)
        entry.field("LARGE", UInt64.max)
        #expect(fields(entry) == [Array("ZERO=0".utf8), Array("LARGE=18446744073709551615".utf8)])
    }

    @Test func anEntryAllocatesNothing() {
        var entry = JournalEntry()
        let text = [UInt8](repeating: 0x78, count: 200)
        text.withByteView { text in
            var total = 0
            let allocations = countAllocations {
                for number in 0..<1_000 as Range<UInt64> {
                    entry.removeAll()
                    entry.field("MESSAGE", text)
                    entry.field("PRIORITY", JournalPriority.info.rawValue)
                    entry.field("MESSAGE_ID", "83242015b0c34f12b9dd23124c4328d6")
                    entry.field("POSTINVOKE_HOLD_USEC", number)
                    entry.field(named: "request-id", prefix: "META_") { $0.append(text) }
                    total += entry.withVectors { $1 }
                }
            }
            #expect(total == 5_000)
            #if !DEBUG
            if let allocations { #expect(allocations == 0) }
            #else
            _ = allocations
            #endif
        }
    }
}
