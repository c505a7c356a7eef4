import CLinux
import Reactor
import TestSupport
import Testing

@Suite struct PollerTests {
    private let token = Token(slot: 3, generation: 9)
    private let soon = Instant.now + patience

    @Test func tellsTheTokenAndWhatIsReady() throws {
        var poller = try Poller()
        let (near, far) = try End.socketPair()
        defer { extendLifetime((near, far)) }
        try poller.add(near.descriptor.rawValue, for: [.read, .write], token: token)
        #expect(try poller.wait(until: .now, now: .now) == 1)
        let (told, event) = poller.event(0)
        #expect(told == token)
        #expect(event.isWritable && !event.isReadable && !event.isHangup && !event.isError)
        try far.send()
        #expect(try poller.wait(until: soon, now: .now) == 1)
        let both = poller.event(0).event
        #expect(both.isWritable && both.isReadable)
    }

    @Test func isLevelTriggered() throws {
        var poller = try Poller()
        let (reader, writer) = try End.pipe()
        defer { extendLifetime((reader, writer)) }
        try poller.add(reader.descriptor.rawValue, for: .read, token: token)
        try writer.send()
        for _ in 0..<3 { #expect(try poller.wait(until: soon, now: .now) == 1) }
        try reader.receive()
        #expect(try poller.wait(until: .now, now: .now) == 0)
    }

    @Test func withNoInterestStillTellsOfAHangup() throws {
        var poller = try Poller()
        let (near, far) = try End.socketPair()
        defer { extendLifetime((near, far)) }
        try poller.add(near.descriptor.rawValue, for: [.read, .write], token: token)
        try poller.modify(near.descriptor.rawValue, for: [], token: token)
        try far.send()
        #expect(try poller.wait(until: .now, now: .now) == 0)
        far.close()
        #expect(try poller.wait(until: soon, now: .now) == 1)
        #expect(poller.event(0).event.isHangup)
    }

    @Test func aDescriptorThatWasRemovedIsSilent() throws {
        var poller = try Poller()
        let (reader, writer) = try End.pipe()
        defer { extendLifetime((reader, writer)) }
        try writer.send()
        try poller.add(reader.descriptor.rawValue, for: .read, token: token)
        try poller.remove(reader.descriptor.rawValue)
        #expect(try poller.wait(until: .now, now: .now) == 0)
    }

    @Test func whatDoesNotFitIsToldByTheNextWait() throws {
        var poller = try Poller(capacity: 1)
        let pipes = try (0..<3).map { _ in try End.pipe() }
        defer { extendLifetime(pipes) }
        for (index, pipe) in pipes.enumerated() {
            try poller.add(
                pipe.reader.descriptor.rawValue, for: .read, token: Token(slot: UInt32(index), generation: 1))
            try pipe.writer.send()
        }
        var told: Set<UInt32> = []
        for _ in 0..<3 {
            #expect(try poller.wait(until: soon, now: .now) == 1)
            told.insert(poller.event(0).token.slot)
        }
        #expect(told == [0, 1, 2])
    }

    @Test func wrongUseThrowsTheKernelsError() throws {
        let (reader, writer) = try End.pipe()
        defer { extendLifetime((reader, writer)) }
        let number = reader.descriptor.rawValue
        var twice: Errno?
        var unknown: Errno?
        var file: Errno?
        let poller = try Poller()
        do { try poller.modify(number, for: .read, token: token) } catch { unknown = error }
        try poller.add(number, for: .read, token: token)
        do { try poller.add(number, for: .read, token: token) } catch { twice = error }
        let regular = FileDescriptor(rawValue: clinux_open("/proc/self/exe", O_RDONLY | O_CLOEXEC, 0))
        do { try poller.add(regular.rawValue, for: .read, token: token) } catch { file = error }
        #expect(unknown == .noSuchFile)
        #expect(twice == Errno(rawValue: EEXIST))
        #expect(file == .notPermitted)
    }

    /// Timeouts of odd lengths, so that rounding down would show.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func neverEndsAWaitBeforeItsDeadline(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var poller = try Poller()
        let now = Instant.now
        let deadline = now.advanced(byNanoseconds: Int64(random.next() % 3_000_000))
        #expect(try poller.wait(until: deadline, now: now) == 0)
        #expect(Instant.now >= deadline, "seed \(seed)")
    }

    @Test(arguments: [Int64.min, -1, 0])
    func aDeadlineThatHasPassedDoesNotWait(nanoseconds: Int64) throws {
        var poller = try Poller()
        let start = Instant.now
        #expect(try poller.wait(until: Instant(nanoseconds: nanoseconds), now: start) == 0)
        #expect(Instant.now - start < patience)
    }

    @Test func theDistantFutureIsAValidDeadline() throws {
        var poller = try Poller()
        let (reader, writer) = try End.pipe()
        defer { extendLifetime((reader, writer)) }
        try writer.send()
        try poller.add(reader.descriptor.rawValue, for: .read, token: token)
        #expect(try poller.wait(until: .distantFuture, now: Instant(nanoseconds: .min)) == 1)
    }
}
