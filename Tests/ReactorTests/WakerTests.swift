import CLinux
import Reactor
import Testing

@Suite struct WakerTests {
    @Test func wakesFromAnotherThread() throws {
        let loop = try EventLoop()
        let waker = try loop.waker()
        let caller = pthread_self()
        var woken = 0
        loop.onWake = { [unowned loop] in
            #expect(pthread_equal(caller, pthread_self()) != 0)
            woken += 1
            loop.stop()
        }
        for round in 1...100 {
            let thread = OtherThread { waker.wake() }
            try loop.run()
            thread.join()
            #expect(woken == round)
        }
        loop.onWake = nil
    }

    @Test func wakesBeforeTheRoundAreTakenAsOne() throws {
        let loop = try EventLoop()
        let waker = try loop.waker()
        var woken = 0
        loop.onWake = { woken += 1 }
        for _ in 0..<1_000 { waker.wake() }
        #expect(try loop.round() == 1)
        #expect(try loop.poll() == 0)
        #expect(woken == 1)
    }

    @Test func aWakeInTheHandlerCountsAgain() throws {
        let loop = try EventLoop()
        let waker = try loop.waker()
        var woken = 0
        loop.onWake = {
            woken += 1
            if woken < 3 { waker.wake() }
        }
        waker.wake()
        for _ in 0..<3 { #expect(try loop.round() == 1) }
        #expect(try loop.poll() == 0)
        #expect(woken == 3)
    }

    @Test func isAlwaysTheSame() throws {
        let loop = try EventLoop()
        let first = try loop.waker()
        let second = try loop.waker()
        #expect(first === second)
    }

    @Test func withoutAHandlerAWakeIsForgotten() throws {
        let loop = try EventLoop()
        try loop.waker().wake()
        #expect(try loop.round() == 1)
        #expect(try loop.poll() == 0)
    }

    @Test func mayOutliveItsLoop() throws {
        let waker = try EventLoop().waker()
        waker.wake()
    }

    /// It may be called from a signal handler, whose interrupted code must find its errno unchanged, also when the
    /// counter is full and the write fails. In a process of its own, where the waker's number can be guessed.
    @Test func leavesErrnoAlone() async {
        await #expect(processExitsWith: .success) {
            for _ in 0..<100 {
                let loop = try EventLoop()
                let number = eventfd(0, clinux_eventfd_flags)
                FileDescriptor(rawValue: number).close()
                let waker = try loop.waker()
                var one: UInt64 = 1
                guard write(number, &one, 8) == 8, try loop.poll() == 1 else { continue }
                var full = UInt64.max - 1
                try #require(write(number, &full, 8) == 8)
                clinux_set_errno(EXDEV)
                waker.wake()
                let left = clinux_errno()
                #expect(left == EXDEV)
                #expect(try loop.round() == 1)
                return
            }
            Issue.record("never guessed the number")
        }
    }
}
