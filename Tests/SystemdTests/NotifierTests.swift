import CLinux
import Systemd
import TestSupport
import Testing

@Suite struct NoticeTests {
    @Test func saysOneThingALine() {
        var notice = Notice()
        #expect(notice.isEmpty)
        notice.ready()
        notice.status("all is well")
        #expect(notice.bytes.string == "READY=1\nSTATUS=all is well\n")
        notice.removeAll()
        notice.watchdog()
        notice.stopping()
        #expect(notice.bytes.string == "WATCHDOG=1\nSTOPPING=1\n")
    }

    @Test(arguments: [
        ("", ""), ("a\nMAINPID=1", "a MAINPID=1"), ("a\r\n\tb\u{7F}", "a   b "), ("zero\u{0}end", "zero end"),
        ("übermäßig", "übermäßig"),
    ])
    func noStatusCanSayAnythingElse(_ text: String, _ told: String) {
        var notice = Notice()
        text.withByteView { notice.status($0) }
        #expect(notice.bytes.string == "STATUS=\(told)\n")
    }
}

@Suite struct NotifierTests {
    @Test(arguments: [
        ("/run/systemd/notify", SocketAddress.unix(Array("/run/systemd/notify".utf8))),
        ("@name", .unix([0] + Array("name".utf8))), ("", nil), ("/", nil), ("@", nil), ("relative", nil),
        ("vsock:2:1234", nil), ("/" + String(repeating: "x", count: 107), nil),
        ("/" + String(repeating: "x", count: 106), .unix(Array(("/" + String(repeating: "x", count: 106)).utf8))),
    ])
    func readsTheAddress(_ text: String, _ address: SocketAddress?) {
        #expect(text.withByteView { Notifier.address(parsing: $0) } == address)
    }

    @Test(arguments: [true, false])
    func oneNoticeIsOneDatagram(isAbstract: Bool) throws {
        let path = "/tmp/postinvoke-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        defer { unlink(path) }
        let manager = try Manager(at: isAbstract ? Manager.freeName() : .unix(Array(path.utf8)))
        let notifier = try Notifier(address: manager.address)
        try notifier.notify { notice in
            notice.ready()
            notice.status("up")
        }
        try notifier.notify { _ in }
        try notifier.notify { $0.watchdog() }
        #expect(manager.all() == ["READY=1\nSTATUS=up\n", "WATCHDOG=1\n"])
    }

    @Test func nobodyListens() throws {
        #expect(throws: Errno.connectionRefused) { try Notifier(address: Manager.freeName()) }
        #expect(throws: Errno.noSuchFile) { try Notifier(address: .unix(Array("/nowhere/notify".utf8))) }
    }

    @Test func aManagerThatIsStartedAnewIsFoundAgain() throws {
        var manager: Manager? = try Manager(at: Manager.freeName())
        let address = try #require(manager?.address)
        let notifier = try Notifier(address: address)
        manager = nil
        #expect(throws: Errno.connectionRefused) { try notifier.notify { $0.ready() } }
        manager = try Manager(at: address)
        try notifier.notify { $0.ready() }
        #expect(manager?.all() == ["READY=1\n"])
    }

    @Test func aNoticeAllocatesNothing() throws {
        let manager = try Manager(at: Manager.freeName())
        let notifier = try Notifier(address: manager.address)
        var room = [UInt8](repeating: 0, count: 4_096)
        try notifier.notify { $0.status("warm") }
        _ = manager.next()
        let allocations = try countAllocations {
            for _ in 0..<4 {
                try notifier.notify { notice in
                    notice.watchdog()
                    notice.status("still here")
                }
            }
        }
        #if !DEBUG
            if let allocations { #expect(allocations == 0) }
        #else
            _ = allocations
        #endif
        room[0] = 1
        #expect(manager.all().count == 4)
    }
}

@Suite struct WatchdogTests {
    @Test(
        arguments: [
            ("10000000", nil, Duration.seconds(5)), ("10000000", "42", .seconds(5)), ("10000000", "43", nil),
            ("10000000", "nobody", nil), (nil, nil, nil), ("0", nil, nil), ("soon", nil, nil), ("-1", nil, nil),
            ("3", nil, .milliseconds(1)), ("18446744073709551615", nil, nil), ("5000", "42", .microseconds(2_500)),
        ] as [(String?, String?, Duration?)])
    func isHalfOfWhatTheManagerAllows(_ microseconds: String?, _ pid: String?, _ interval: Duration?) {
        let time = Bytes(microseconds)
        let process = Bytes(pid)
        #expect(Watchdog.interval(microseconds: time.view, pid: process.view, own: 42) == interval)
    }
}

@Suite struct StatusPaceTests {
    private func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

    @Test func oneAnIntervalAndTheLastOneAlways() {
        var pace = StatusPace(interval: .milliseconds(100))
        #expect(pace.changed(at: at(0)) == .tell)
        #expect(pace.changed(at: at(1)) == .wait(until: at(100)))
        #expect(pace.changed(at: at(2)) == .nothing)
        #expect(pace.changed(at: at(99)) == .nothing)
        pace.waitIsOver(at: at(100))
        #expect(pace.changed(at: at(150)) == .wait(until: at(200)))
        pace.waitIsOver(at: at(200))
        #expect(pace.changed(at: at(300)) == .tell)
        #expect(pace.changed(at: at(1_000)) == .tell)
    }
}

/// The bytes of a text, kept for as long as a view of them is looked at; nil for no text.
struct Bytes {
    private let memory: UnsafeMutableBufferPointer<UInt8>?
    let view: ByteView?

    /// What a variable holds lives as long as the process; so does this.
    init(_ text: String?) {
        guard let text else {
            memory = nil
            view = nil
            return
        }
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(text.utf8.count, 1))
        _ = copy.initialize(from: text.utf8)
        memory = copy
        view = ByteView(start: UnsafePointer(copy.baseAddress!), count: text.utf8.count)
    }
}
