import Reactor
import Testing

@Suite struct SleepTests {
    @Test func waitsNoShorterThanAsked() throws {
        let loop = try EventLoop()
        loop.run {
            let start = Instant.now
            try? await loop.sleep(for: .milliseconds(5))
            #expect(Instant.now - start >= .milliseconds(5))
        }
    }

    @Test func sleepersWakeByTheirDeadlines() throws {
        let loop = try EventLoop()
        let order = loop.run {
            let start = Instant.now
            return await withTaskGroup(of: Int.self) { group in
                for delay in [3, 1, 2] {
                    group.addTask {
                        try? await loop.sleep(until: start + .milliseconds(delay))
                        return delay
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(order == [1, 2, 3])
    }

    @Test(arguments: [false, true]) func cancellationEndsIt(isFromElsewhere: Bool) throws {
        let other = try OtherLoop()
        defer { other.end() }
        let elsewhere = other.loop
        let loop = try EventLoop()
        let wasCancelled = loop.run {
            let sleeper = Task(executorPreference: loop) { () throws -> Void in
                try await loop.sleep(until: .distantFuture)
            }
            await Task.yield()
            if isFromElsewhere {
                await Task(executorPreference: elsewhere) { sleeper.cancel() }.value
            } else {
                sleeper.cancel()
            }
            return await sleeper.result
        }
        #expect(throws: CancellationError.self) { try wasCancelled.get() }
    }

    @Test func aCancelledTaskDoesNotSleep() throws {
        let loop = try EventLoop()
        loop.run {
            let sleeper = Task(executorPreference: loop) { () throws -> Void in
                try await loop.sleep(until: .distantFuture)
            }
            sleeper.cancel()
            await #expect(throws: CancellationError.self) { try await sleeper.value }
        }
    }
}
