import CLinux
import Systemd
import Testing

@Suite struct JournalStreamTests {
    private static let texts: [(String, JournalStream?)] = [
        ("9:2318437", JournalStream(device: 9, inode: 2_318_437)), ("0:0", JournalStream(device: 0, inode: 0)),
        ("18446744073709551615:1", JournalStream(device: .max, inode: 1)), ("", nil), ("9", nil), (":", nil),
        ("9:", nil), (":9", nil), ("9:1:2", nil), ("9: 1", nil), ("-9:1", nil), ("9:18446744073709551616", nil),
    ]

    @Test(arguments: texts)
    func isReadAsItIsWritten(_ text: String, _ stream: JournalStream?) {
        #expect(text.withByteView { JournalStream(parsing: $0) } == stream)
    }

    @Test func onlyTheSameFileIsTheJournal() throws {
        let here = try Pipe()
        let other = try Pipe()
        let stream = try #require(JournalStream(descriptor: here.writer.rawValue))
        let text = "\(stream.device):\(stream.inode)"
        text.withByteView { text in
            #expect(JournalStream.isJournal(here.writer.rawValue, variable: text))
            #expect(!JournalStream.isJournal(other.writer.rawValue, variable: text))
            #expect(!JournalStream.isJournal(-1, variable: text))
        }
        #expect(!JournalStream.isJournal(here.writer.rawValue, variable: nil))
        #expect(!JournalStream.isJournal(here.writer.rawValue, variable: "nonsense"))
    }

    private final class Pipe {
        let reader: FileDescriptor
        let writer: FileDescriptor

        init() throws {
            var numbers: [Int32] = [-1, -1]
            try #require(pipe2(&numbers, O_CLOEXEC) == 0)
            reader = FileDescriptor(rawValue: numbers[0])
            writer = FileDescriptor(rawValue: numbers[1])
        }
    }
}
