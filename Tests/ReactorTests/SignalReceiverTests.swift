import CLinux
import Reactor
import TestSupport
import Testing

/// Every signal here is sent to the test's own thread, whose mask is put back at the end; no other test sees one.
@Suite struct SignalReceiverTests {
    private func lettingSignalsThrough(_ body: () throws -> Void) throws {
        // Dispatch's threads block most signals, which would hide that handleSignal forgot to.
        var none = sigset_t()
        sigemptyset(&none)
        var mask = sigset_t()
        pthread_sigmask(SIG_SETMASK, &none, &mask)
        defer { pthread_sigmask(SIG_SETMASK, &mask, nil) }
        try body()
    }

    @Test func callsTheHandlerOnTheLoop() throws {
        try lettingSignalsThrough {
            let loop = try EventLoop()
            var calls = 0
            try loop.handleSignal(SIGUSR1) { [unowned loop] in
                calls += 1
                loop.stop()
            }
            for round in 1...3 {
                pthread_kill(pthread_self(), SIGUSR1)
                #expect(calls == round - 1)
                try loop.run()
                #expect(calls == round)
            }
        }
    }

    @Test func tellsSignalsApartAndKeepsTheOrderOfHandlers() throws {
        try lettingSignalsThrough {
            let loop = try EventLoop()
            let log = Log()
            try loop.handleSignal(SIGUSR1) { log.entries.append(1) }
            try loop.handleSignal(SIGTERM) { log.entries.append(2) }
            try loop.handleSignal(SIGUSR1) { log.entries.append(3) }
            pthread_kill(pthread_self(), SIGTERM)
            try loop.round()
            #expect(log.entries == [2])
            pthread_kill(pthread_self(), SIGUSR1)
            try loop.round()
            #expect(log.entries == [2, 1, 3])
            #expect(try loop.poll() == 0)
        }
    }

    @Test func severalPendingSignalsAreAllDelivered() throws {
        try lettingSignalsThrough {
            let loop = try EventLoop()
            let log = Log()
            let signals = [SIGUSR1, SIGUSR2, SIGHUP, SIGTERM]
            for signal in signals { try loop.handleSignal(signal) { log.entries.append(Int(signal)) } }
            for signal in signals { pthread_kill(pthread_self(), signal) }
            try loop.runRounds { log.entries.count == signals.count }
            #expect(log.entries.sorted() == signals.map(Int.init).sorted())
        }
    }

    @Test(arguments: [-1, 0, 1_000])
    func aNumberThatIsNoSignalThrows(number: Int32) throws {
        try lettingSignalsThrough {
            let loop = try EventLoop()
            #expect(throws: Errno.invalidArgument) { try loop.handleSignal(number) {} }
        }
    }

    /// A handled signal interrupts epoll_wait whatever its flags; the round ends without an error and without a call.
    @Test func anInterruptedWaitIsNoError() throws {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in }
        var previous = sigaction()
        sigaction(SIGURG, &action, &previous)
        defer { sigaction(SIGURG, &previous, nil) }

        let loop = try EventLoop()
        let target = pthread_self()
        let (done, finish) = try End.pipe()
        defer { extendLifetime((done, finish)) }
        let number = done.descriptor.rawValue
        // A signal that comes before the wait is lost: it is sent again until the wait has ended.
        let thread = OtherThread {
            var ended = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
            repeat { pthread_kill(target, SIGURG) } while poll(&ended, 1, 1) == 0
        }
        let deadline = Instant.now + patience
        var called: Int?
        try lettingSignalsThrough { called = try loop.runOnce(until: deadline) }
        let end = Instant.now
        try finish.send()
        thread.join()
        #expect(called == 0)
        #expect(end < deadline)
    }
}
