import CLinux
import Systemd
import TestSupport
import Testing

@Suite struct NotifierTests {
    private static let longest = "/" + String(repeating: "x", count: 106)
    private static let addresses: [(String, SocketAddress?)] = [
        ("/run/systemd/notify", .unix(Array("/run/systemd/notify".utf8))),
        ("@name", .unix([0] + Array("name".utf8))),
        (longest, .unix(Array(longest.utf8))),
        ("/run/no\0tify", nil), ("@na\0me", nil), (longest + "x", nil), ("", nil), ("/", nil), ("@", nil),
        ("relative", nil), ("vsock:2:1234", nil),
    ]

    @Test(arguments: addresses)
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
        #expect(throws: Errno.invalidArgument) { try Notifier(address: .unix(Array("/nowhere\0/notify".utf8))) }
    }

    @Test func aManagerThatIsStartedAnewIsFoundAgain() throws {
        var manager: Manager? = try Manager(at: Manager.freeName())
        let address = try #require(manager?.address)
        let notifier = try Notifier(address: address)
        manager = nil
        try retry(until: Errno.connectionRefused) { try notifier.notify { $0.ready() } }
        manager = try Manager(at: address)
        try notifier.notify { $0.ready() }
        #expect(manager?.all() == ["READY=1\n"])
    }

    @Test func aNoticeAllocatesNothing() throws {
        let manager = try Manager(at: Manager.freeName())
        let notifier = try Notifier(address: manager.address)
        func notify() throws {
            try notifier.notify { notice in
                notice.watchdog()
                notice.status("still here")
            }
        }
        // The runtime makes the metadata of a generic type when it is first asked for it.
        try notify()
        let allocations = try countAllocations { for _ in 0..<4 { try notify() } }
        #if !DEBUG
        if let allocations { #expect(allocations == 0) }
        #else
        _ = allocations
        #endif
        #expect(manager.all() == [String](repeating: "WATCHDOG=1\nSTATUS=still here\n", count: 5))
    }
}
