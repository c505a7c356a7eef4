import Systemd
import Testing

@Suite struct NoticeTests {
    @Test func saysOneThingALine() {
        var notice = Notice()
        let isEmpty = notice.isEmpty
        #expect(isEmpty)
        notice.ready()
        notice.status("all is well")
        let first = notice.bytes.string
        #expect(first == "READY=1\nSTATUS=all is well\n")
        notice.removeAll()
        notice.watchdog()
        notice.stopping()
        let second = notice.bytes.string
        #expect(second == "WATCHDOG=1\nSTOPPING=1\n")
    }

    private static let statuses: [(String, String)] = [
        ("", ""), ("a\nMAINPID=1", "a MAINPID=1"), ("a\r\n\tb\u{7F}", "a   b "), ("zero\u{0}end", "zero end"),
        ("übermäßig", "übermäßig"),
    ]

    @Test(arguments: statuses)
    func noStatusCanSayAnythingElse(_ text: String, _ told: String) {
        var notice = Notice()
        text.withByteView { notice.status($0) }
        let datagram = notice.bytes.string
        #expect(datagram == "STATUS=\(told)\n")
    }
}
