import HostProcess
import Reactor
import Testing

@Suite struct LoopThreadTests {
    private enum Message: Sendable {
        case number(Int)
        case all(CheckedContinuation<[Int], Never>)
        case stop(CheckedContinuation<Void, Never>)
    }

    private func start() async throws -> LoopThread<Message> {
        try await LoopThread<Message>.start { loop, _ in
            var numbers: [Int] = []
            return { message in
                switch message {
                case .number(let number): numbers.append(number)
                case .all(let reply): reply.resume(returning: numbers)
                case .stop(let reply):
                    loop.stop()
                    reply.resume()
                }
            }
        }
    }

    @Test func handlesMessagesInTheirOrder() async throws {
        let thread = try await start()
        for number in 0..<1_000 { thread.send(.number(number)) }
        #expect(await withCheckedContinuation { thread.send(.all($0)) } == Array(0..<1_000))
        await withCheckedContinuation { thread.send(.stop($0)) }
    }

    @Test func losesNothingOfManySenders() async throws {
        let thread = try await start()
        await withTaskGroup { group in
            for sender in 0..<8 {
                group.addTask { for number in 0..<500 { thread.send(.number(sender * 500 + number)) } }
            }
        }
        let all = await withCheckedContinuation { thread.send(.all($0)) }
        #expect(all.sorted() == Array(0..<4_000))
        for sender in 0..<8 {
            let own = all.filter { $0 / 500 == sender }
            #expect(own == own.sorted(), "each sender's in its order")
        }
        await withCheckedContinuation { thread.send(.stop($0)) }
    }

    @Test func handlesWhatIsSentWhileItIsSetUp() async throws {
        let thread = try await LoopThread<CheckedContinuation<Int, Never>?>.start { loop, thread in
            var early = 0
            thread.send(nil)
            return { message in
                guard let reply = message else { return early += 1 }
                loop.stop()
                reply.resume(returning: early)
            }
        }
        #expect(await withCheckedContinuation { thread.send($0) } == 1)
    }

    @Test func throwsWhatTheSetUpThrows() async {
        await #expect(throws: Errno.addressInUse) {
            _ = try await LoopThread<Int>.start { (_, _) throws(Errno) in throw .addressInUse }
        }
    }
}
