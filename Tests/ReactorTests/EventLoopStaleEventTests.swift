import Reactor
import Testing

/// Events of one batch whose registrations change while the batch is handled. Which of two ready descriptors comes first
/// is the kernel's to say, so both handlers do the same to each other, and exactly one gets to do it.
@Suite struct EventLoopStaleEventTests {
    private let loop: EventLoop
    private let first: Party
    private let second: Party
    private let parties: [Party]

    init() throws {
        loop = try EventLoop()
        first = try Party()
        second = try Party()
        parties = [first, second]
    }

    private final class Party {
        let reader: End
        let writer: End
        var token: Token?
        var calls = 0

        init() throws {
            (reader, writer) = try End.pipe()
            try writer.send()
        }
    }

    private func register(_ handler: @escaping (_ own: Party, _ other: Party) -> Void) throws {
        for (own, other) in [(first, second), (second, first)] {
            own.token = try loop.register(own.reader.descriptor, for: .read) { _ in
                own.calls += 1
                handler(own, other)
            }
        }
    }

    @Test func deregisteringItself() throws {
        try register { [unowned loop] own, _ in loop.deregister(own.token!) }
        #expect(try loop.round() == 2)
        #expect(try loop.poll() == 0)
        #expect(parties.map(\.calls) == [1, 1])
    }

    @Test func deregisteringTheOtherDropsItsPendingEvent() throws {
        try register { [unowned loop] _, other in loop.deregister(other.token!) }
        #expect(try loop.round() == 1)
        #expect(first.calls + second.calls == 1)
    }

    @Test func closingTheOtherDropsItsPendingEvent() throws {
        try register { [unowned loop] _, other in
            loop.deregister(other.token!)
            other.reader.close()
        }
        #expect(try loop.round() == 1)
        #expect(try loop.round() == 1)
        #expect(parties.map(\.calls).sorted() == [0, 2])
    }

    @Test func aNewRegistrationInTheSameSlotDoesNotGetTheOldOnesEvent() throws {
        let (quiet, quietWriter) = try End.pipe()
        defer { extendLifetime((quiet, quietWriter)) }
        var wrong = 0
        try register { [unowned loop] own, other in
            guard own.calls == 1 else { return }
            loop.deregister(other.token!)
            other.reader.close()
            let token = try? loop.register(quiet.descriptor, for: .read) { _ in wrong += 1 }
            #expect(token?.slot == other.token?.slot)
            #expect(token != other.token)
        }
        #expect(try loop.round() == 1)
        #expect(wrong == 0)
        #expect(try loop.poll() == 1)
        #expect(wrong == 0)
        try quietWriter.send()
        #expect(try loop.round() == 2)
        #expect(wrong == 1)
    }

    @Test func theSameDescriptorRegisteredAnewHearsInTheNextRound() throws {
        var fresh = 0
        try register { [unowned loop] own, other in
            guard own.calls == 1, let token = other.token else { return }
            loop.deregister(token)
            other.token = try? loop.register(other.reader.descriptor, for: .read) { _ in fresh += 1 }
            #expect(other.token != token)
        }
        #expect(try loop.round() == 1)
        #expect(fresh == 0)
        #expect(try loop.round() == 2)
        #expect(fresh == 1)
    }

    @Test func losingInterestDropsWhatIsNoLongerAskedFor() throws {
        try register { [unowned loop] own, other in
            if own.calls == 1 { try? loop.reregister(other.token!, for: []) }
        }
        #expect(try loop.round() == 1)
        #expect(first.calls + second.calls == 1)
        let paused = try #require(parties.first { $0.calls == 0 })
        try loop.reregister(paused.token!, for: .read)
        #expect(try loop.round() > 0)
        #expect(paused.calls == 1)
    }

    @Test func aHandlerThatDeregistersItselfMayStillUseWhatItCaptured() throws {
        let (reader, writer) = try End.pipe()
        defer { extendLifetime((reader, writer)) }
        var token: Token?
        var sum = 0
        token = try loop.register(reader.descriptor, for: .read) { [unowned loop, log = Log()] _ in
            loop.deregister(token!)
            log.entries.append(7)
            sum = log.entries.reduce(0, +)
        }
        try writer.send()
        try loop.round()
        #expect(sum == 7)
    }
}
