import Systemd
import TestSupport
import Testing

/// A service on a loop, and its manager.
@Suite struct ManagedServiceTests {
    private let loop: EventLoop
    private let manager: Manager

    init() throws {
        loop = try EventLoop()
        manager = try Manager(at: Manager.freeName())
    }

    /// Runs the loop until so many messages have come.
    private func messages(_ count: Int) throws -> [String] {
        let deadline = Instant.now + patience
        var messages = manager.all()
        while messages.count < count, Instant.now < deadline {
            try loop.runOnce(until: deadline)
            messages += manager.all()
        }
        return messages
    }

    @Test func tellsItsLife() throws {
        try withATimeThisMachineKeeps(from: .milliseconds(20)) { interval in
            var state = "starting"
            let service = ManagedService(loop: loop, statusInterval: interval) { text in
                state.withByteView { text.append($0) }
            }
            service.start(notifying: manager.address, watchdog: nil)
            #expect(service.isManaged)
            service.changed()
            #expect(manager.all().isEmpty, "a status before the service is ready")
            state = "up"
            service.ready()
            service.ready()
            let start = Instant.now
            for status in ["first", "second", "third"] {
                state = status
                service.changed()
            }
            let isKept = .now - start < interval
            let told = manager.all()
            guard isKept else { return false }
            #expect(told == ["READY=1\nSTATUS=up\n", "STATUS=first\n"])
            let last = try messages(1)
            #expect(last == ["STATUS=third\n"])
            service.stopping()
            #expect(manager.all() == ["STOPPING=1\nSTATUS=third\n"])
            return true
        }
    }

    @Test func theLoopFeedsTheWatchdog() throws {
        let service = ManagedService(loop: loop) { _ in }
        service.start(notifying: manager.address, watchdog: .milliseconds(2))
        #expect(try messages(5) == [String](repeating: "WATCHDOG=1\n", count: 5))
        extendLifetime(service)
    }

    @Test func workThatStandsStillDoesNotFeedIt() throws {
        var answers = [true, false, false, true]
        let service = ManagedService(loop: loop) { _ in }
        service.isAlive = { [loop] in
            let isAlive = answers.removeFirst()
            if answers.isEmpty { loop.stop() }
            return isAlive
        }
        service.start(notifying: manager.address, watchdog: .milliseconds(2))
        try loop.run()
        // The first is sent at once, without a question.
        #expect(manager.all() == [String](repeating: "WATCHDOG=1\n", count: 3))
        extendLifetime(service)
    }

    @Test func aManagerThatIsNotThereIsToldOfOnce() throws {
        var failures: [Errno] = []
        let service = ManagedService(loop: loop) { _ in }
        service.onFailure = { failures.append($0) }
        service.start(notifying: Manager.freeName(), watchdog: .milliseconds(1))
        service.ready()
        service.changed()
        service.stopping()
        #expect(failures == [.connectionRefused])
        #expect(!service.isManaged)
    }

    @Test func anAddressThatIsNotUnderstoodIsToldOf() {
        var failures: [Errno] = []
        let service = ManagedService(loop: loop) { _ in }
        service.onFailure = { failures.append($0) }
        service.start(notifying: nil, watchdog: nil)
        #expect(failures == [.addressNotAvailable])
    }
}
