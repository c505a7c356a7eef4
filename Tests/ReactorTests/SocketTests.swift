import CLinux
import Reactor
import Testing

@Suite struct SocketTests {
    @Test func theKernelChoosesAPortAndBothEndsSayTheSame() throws {
        let listener = try Socket.listen(on: .loopback(port: 0))
        let address = try #require(try listener.localAddress())
        #expect(try #require(address.port) != 0)
        #expect(address.isLoopback)
        let pair = try Connection(through: listener)
        #expect(try pair.client.peerAddress() == address)
        #expect(try pair.server.localAddress() == address)
        #expect(try pair.server.peerAddress() == pair.client.localAddress())
    }

    @Test func carriesBytesBothWaysUntilTheEnd() throws {
        let listener = try Socket.listen(on: .loopback(port: 0))
        let pair = try Connection(through: listener)
        #expect(try pair.read(.server) == nil)
        #expect(try pair.client.write("ping") == .bytes(4))
        #expect(try pair.next(.server) == "ping")
        #expect(try pair.server.write("pong") == .bytes(4))
        try pair.server.shutdownWriting()
        #expect(try pair.next(.client) == "pong")
        #expect(try pair.next(.client) == "")
        #expect(try pair.client.write("still heard") == .bytes(11))
        #expect(try pair.next(.server) == "still heard")
    }

    @Test func acceptsNothingWhenNobodyWaits() throws {
        let listener = try Socket.listen(on: .loopback(port: 0))
        let isNone = try listener.accept() == nil
        #expect(isNone)
    }

    @Test func everySocketIsNonblockingAndClosedOnExec() throws {
        let listener = try Socket.listen(on: .loopback(port: 0))
        let pair = try Connection(through: listener)
        for number in [
            listener.descriptor.rawValue, pair.client.descriptor.rawValue, pair.server.descriptor.rawValue,
        ] {
            #expect(clinux_fcntl(number, F_GETFL, 0) & O_NONBLOCK != 0)
            #expect(clinux_fcntl(number, F_GETFD, 0) & FD_CLOEXEC != 0)
        }
    }

    @Test func bothEndsOfATCPConnectionSendAtOnce() throws {
        let listener = try Socket.listen(on: .loopback(port: 0))
        let pair = try Connection(through: listener)
        for number in [pair.client.descriptor.rawValue, pair.server.descriptor.rawValue] {
            var value: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            #expect(getsockopt(number, clinux_ipproto_tcp, TCP_NODELAY, &value, &length) == 0)
            #expect(value != 0)
        }
    }

    @Test func anAddressSomebodyListensOnIsRefused() throws {
        let listener = try Socket.listen(on: .loopback(port: 0))
        let address = try #require(try listener.localAddress())
        #expect(throws: Errno.addressInUse) { _ = try Socket.listen(on: address) }
    }

    @Test func anAddressCanBeBoundAgainAtOnce() throws {
        var address = SocketAddress.ofOneTest
        for _ in 0..<3 {
            let listener = try Self.listen(on: address)
            address = try #require(try listener.localAddress())
            // The end that closes first keeps the port in TIME_WAIT.
            let pair = try Connection(through: listener)
            try pair.server.shutdownWriting()
            #expect(try pair.next(.client) == "")
        }
    }

    /// A child process that another test starts has our listener open too, between fork and exec: so long it is waited
    /// for, and no longer, since TIME_WAIT would last a minute.
    private static func listen(on address: SocketAddress) throws(Errno) -> Socket {
        let deadline = Instant.now + .seconds(30)
        while true {
            do throws(Errno) {
                return try Socket.listen(on: address)
            } catch  where error == .addressInUse && Instant.now < deadline {
                sched_yield()
            }
        }
    }

    @Test func anAddressOfAnotherMachineIsNotAvailable() {
        // 192.0.2.0/24 is for documentation (RFC 5737).
        #expect(throws: Errno.addressNotAvailable) { _ = try Socket.listen(on: .ipv4(0xC000_0201, port: 0)) }
    }

    /// The kernel may refuse within connect(2) or report it afterwards.
    @Test func aRefusedConnectionSaysSo() throws {
        let listener = try Socket.listen(on: .loopback(port: 0))
        // A port that is taken, so that no other test can listen there, but that nobody listens on: a client's own.
        let pair = try Connection(through: listener)
        let address = try #require(try pair.client.localAddress())
        var refusal: Errno?
        do {
            let socket = try Socket.connect(to: address)
            let loop = try EventLoop()
            var isWritable = false
            _ = try loop.register(socket.descriptor, for: .write) { isWritable = $0.isWritable }
            try loop.runRounds { isWritable }
            refusal = try socket.takeError()
            #expect(try socket.takeError() == nil)
        } catch let error as Errno {
            refusal = error
        }
        #expect(refusal == .connectionRefused)
    }

    @Test func aMadeConnectionHasNoError() throws {
        let listener = try Socket.listen(on: .loopback(port: 0))
        let pair = try Connection(through: listener)
        #expect(try pair.client.takeError() == nil)
    }

    /// A SIGPIPE would end the test run.
    @Test func aGoneReaderIsABrokenPipeAndNoSignal() throws {
        let (near, far) = try End.socketPair()
        defer { extendLifetime((near, far)) }
        let socket = Socket(FileDescriptor(rawValue: clinux_fcntl(near.descriptor.rawValue, F_DUPFD_CLOEXEC, 0)))
        far.close()
        try near.descriptor.waitUntilReadable()
        #expect(throws: Errno.brokenPipe) { _ = try socket.write("x") }
    }

    @Test func aFullSocketWouldBlock() throws {
        let listener = try Socket.listen(on: .loopback(port: 0))
        let pair = try Connection(through: listener)
        let block = [UInt8](repeating: 7, count: 1 << 16)
        var last = IOResult.bytes(0)
        while last != .wouldBlock {
            last = try block.withByteView { (bytes) throws(Errno) in try pair.client.write(bytes) }
        }
    }

    @Test(arguments: [false, true])
    func unixSocketsCarryBytes(isAbstract: Bool) throws {
        let name = "/tmp/postinvoke-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        var bytes = [UInt8](name.utf8)
        if isAbstract { bytes[0] = 0 }
        defer { unlink(name) }
        let listener = try Socket.listen(on: .unix(bytes))
        #expect(try listener.localAddress() == .unix(bytes))
        #expect(throws: Errno.addressInUse) { _ = try Socket.listen(on: .unix(bytes)) }
        let pair = try Connection(through: listener)
        #expect(try pair.client.peerAddress() == .unix(bytes))
        #expect(try pair.server.peerAddress() == .unix([]))
        _ = try pair.client.write("ping")
        #expect(try pair.next(.server) == "ping")
        #expect(access(name, F_OK) == (isAbstract ? -1 : 0))
    }

    @Test func unixSocketsKnowTheirPeers() throws {
        let listener = try Socket.listen(on: .unix([0] + "peers-\(UInt64.random(in: 0 ... .max))".utf8))
        let pair = try Connection(through: listener)
        for end in [try pair.client.peerCredentials(), try pair.server.peerCredentials()] {
            let peer = try #require(end)
            #expect(peer.processID == getpid())
            #expect(peer.userID == geteuid() && peer.groupID == getegid())
            #expect(peer.isSameUser)
        }
        let overTCP = try Connection(through: try Socket.listen(on: .loopback(port: 0)))
        #expect(try overTCP.server.peerCredentials() == nil)
    }

    @Test func aUnixSocketNobodyListensOnIsRefused() {
        #expect(throws: Errno.noSuchFile) { _ = try Socket.connect(to: .unix([UInt8]("/nowhere/at/all".utf8))) }
        #expect(throws: Errno.connectionRefused) {
            _ = try Socket.connect(to: .unix([0] + [UInt8]("nobody-\(UInt64.random(in: 0 ... .max))".utf8)))
        }
    }

    @Test func aUnixAddressMustFit() throws {
        #expect(throws: Errno.nameTooLong) { _ = try Socket.listen(on: .unix([UInt8](repeating: 0x78, count: 108))) }
        #expect(throws: Errno.invalidArgument) { _ = try Socket.listen(on: .unix([])) }
        let longest = try Socket.listen(on: .unix([0] + (0..<106).map { _ in UInt8.random(in: 0x61...0x7A) }))
        let address = try #require(try longest.localAddress())
        #expect(address.description.utf8.count == "unix:".utf8.count + 107)
    }

    @Test func aFailedListenLeavesNothingOpen() async {
        await #expect(processExitsWith: .success) {
            let listener = try Socket.listen(on: .loopback(port: 0))
            let address = try #require(try listener.localAddress())
            let next = lowestFreeDescriptor()
            for _ in 0..<100 { #expect(throws: Errno.addressInUse) { _ = try Socket.listen(on: address) } }
            for _ in 0..<100 { #expect(throws: Errno.noSuchFile) { _ = try Socket.connect(to: .unix([0x2F, 0x78])) } }
            // The testing library's own threads may have opened a few.
            #expect(lowestFreeDescriptor() < next + 50)
        }
    }

    /// In a process of its own, since it uses up the descriptors of all.
    @Test func runningOutOfDescriptorsIsThrownAndTheConnectionKept() async {
        await #expect(processExitsWith: .success) {
            let listener = try Socket.listen(on: .loopback(port: 0))
            let client = try Socket.connect(to: try #require(try listener.localAddress()))
            var limit = rlimit()
            getrlimit(Int32(RLIMIT_NOFILE.rawValue), &limit)
            let before = limit.rlim_cur
            limit.rlim_cur = 0
            setrlimit(Int32(RLIMIT_NOFILE.rawValue), &limit)
            for _ in 0..<3 { #expect(throws: Errno.tooManyFiles) { _ = try listener.accept() } }
            limit.rlim_cur = before
            setrlimit(Int32(RLIMIT_NOFILE.rawValue), &limit)
            guard let server = try listener.accept() else {
                Issue.record("the connection was lost")
                return
            }
            #expect(try server.peerAddress() == client.localAddress())
        }
    }
}

extension SocketAddress {
    /// An address in 127.0.0.0/8 that no other test uses, so that none can take the port in between.
    static var ofOneTest: SocketAddress { .ipv4(0x7F00_0000 | .random(in: 0x1_0000...0xFE_FFFF), port: 0) }

    /// An abstract name that nobody else has.
    static var unixOfOneTest: SocketAddress {
        .unix([0] + Array("postinvoke-\(getpid())-\(UInt64.random(in: 0 ... .max))".utf8))
    }
}

/// The number the kernel gives out next; it means something only in a process that does little else.
private func lowestFreeDescriptor() -> Int32 {
    let number = eventfd(0, clinux_eventfd_flags)
    FileDescriptor(rawValue: number).close()
    return number
}
