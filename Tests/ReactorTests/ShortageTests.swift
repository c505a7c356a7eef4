import CLinux
import Reactor
import TestSupport
import Testing

/// An await that fails because something has run out does so no more than ten times a second, and others go on meanwhile.
@Suite struct ShortageTests {
    private static let pause = Duration.milliseconds(100)

    /// In a process of its own, since it uses up the descriptors of all.
    @Test func withoutDescriptorsOthersGoOnAndTheConnectionIsKept() async {
        await #expect(processExitsWith: .success) {
            let loop = try EventLoop()
            let listener = try AsyncListener(.listen(on: .unixOfOneTest), on: loop)
            let client = try Socket.connect(to: try #require(try listener.localAddress()))
            let failures = Failures()
            try loop.run { () async throws in
                // Once the loop has what it is woken with.
                let usual = setLimit(0)
                let start = Instant.now
                let accepting = Task(executorPreference: loop) {
                    while true {
                        do throws(Errno) {
                            _ = try await listener.accept()
                            return
                        } catch {
                            failures.all.append(error)
                        }
                    }
                }
                // Other tasks and timers go on meanwhile.
                while failures.all.count < 2 { try await loop.sleep(for: .milliseconds(1)) }
                setLimit(usual)
                await accepting.value
                #expect(failures.all.count <= Int((Instant.now - start) / ShortageTests.pause))
            }
            #expect(failures.all.allSatisfy { $0 == .tooManyFiles })
            withExtendedLifetime(client) {}
        }
    }

    @Test(arguments: [false, true]) func thePauseEndsWithTheListenerAndWithTheTask(isClosed: Bool) async {
        await #expect(processExitsWith: .success) { [isClosed] in
            let loop = try EventLoop()
            let listener = try AsyncListener(.listen(on: .unixOfOneTest), on: loop)
            let client = try Socket.connect(to: try #require(try listener.localAddress()))
            let error = loop.run { () async -> Errno? in
                setLimit(0)
                let accepting = Task(executorPreference: loop) { () async -> Errno? in
                    do throws(Errno) { _ = try await listener.accept() } catch { return error }
                    return nil
                }
                for _ in 0..<3 { await Task.yield() }
                if isClosed { listener.close() } else { accepting.cancel() }
                return await accepting.value
            }
            #expect(error == .cancelled)
            withExtendedLifetime(client) {}
        }
    }

    /// connect(2): a Unix listener whose backlog is full answers `EAGAIN`.
    @Test func aFullBacklogIsToldAfterAPause() throws {
        let loop = try EventLoop()
        let listener = try Socket.listen(on: .unixOfOneTest, backlog: 0)
        let address = try #require(try listener.localAddress())
        let error = loop.run { () async -> Errno? in
            var clients: [AsyncSocket] = []
            while clients.count < 100 {
                let start = Instant.now
                do throws(Errno) {
                    clients.append(try await AsyncSocket.connect(to: address, on: loop))
                } catch {
                    #expect(Instant.now - start >= ShortageTests.pause)
                    return error
                }
            }
            return nil
        }
        #expect(error == .wouldBlock)
        // Once there is room, it is had.
        #expect(try listener.accept() != nil)
        #expect(throws: Never.self) {
            try loop.run { () async throws(Errno) in _ = try await AsyncSocket.connect(to: address, on: loop) }
        }
    }

    @Test func cancellingEndsTheWaitForAFullBacklog() throws {
        let loop = try EventLoop()
        let listener = try Socket.listen(on: .unixOfOneTest, backlog: 0)
        let address = try #require(try listener.localAddress())
        let waiting = try Socket.connect(to: address)
        let error = loop.run { () async -> Errno? in
            let connecting = Task(executorPreference: loop) { () async -> Errno? in
                do throws(Errno) { _ = try await AsyncSocket.connect(to: address, on: loop) } catch { return error }
                return nil
            }
            for _ in 0..<3 { await Task.yield() }
            connecting.cancel()
            return await connecting.value
        }
        #expect(error == .cancelled)
        withExtendedLifetime(listener) {}
        withExtendedLifetime(waiting) {}
    }
}

/// Touched on the loop only.
private final class Failures: @unchecked Sendable {
    var all: [Errno] = []
}

/// Sets how many descriptors the process may have.
///
/// - Returns: how many it could have before.
@discardableResult private func setLimit(_ number: rlim_t) -> rlim_t {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let before = limit.rlim_cur
    limit.rlim_cur = number
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return before
}
