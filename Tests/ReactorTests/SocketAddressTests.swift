import CLinux
import Reactor
import Testing

@Suite struct SocketAddressTests {
    @Test(
        arguments: [
            (.ipv4(0, port: 0), "0.0.0.0:0"),
            (.loopback(port: 1339), "127.0.0.1:1339"),
            (.ipv4(.max, port: .max), "255.255.255.255:65535"),
            (.ipv4(0xA9FE_6401, port: 9001), "169.254.100.1:9001"),
            (.ipv6(0, 1, port: 80), "[::1]:80"),
            (.ipv6(0, 0, port: 0), "[::]:0"),
            (.ipv6(0x2001_0DB8_0000_0000, 0x00FF_0000_0000_0001, port: 443), "[2001:db8::ff:0:0:1]:443"),
            (.ipv6(.max, .max, port: 1), "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:1"),
            (.ipv6(0, 0xFFFF_7F00_0001, port: 1), "[::ffff:7f00:1]:1"),
            (.unix([UInt8]("/run/x.sock".utf8)), "unix:/run/x.sock"),
            (.unix([0] + [UInt8]("name".utf8)), "unix:@name"),
        ] as [(SocketAddress, String)])
    func isWrittenAsItIsRead(address: SocketAddress, text: String) throws {
        #expect(address.description == text)
        let parsed = try text.withByteView { (bytes) throws(SocketAddressError) in try SocketAddress.parse(bytes) }
        #expect(parsed == address)
    }

    @Test(
        arguments: [
            (.loopback(port: 1), true), (.ipv4(0x7FFF_FFFF, port: 1), true), (.ipv4(0x8000_0001, port: 1), false),
            (.ipv4(0x7EFF_FFFF, port: 1), false), (.ipv4(0, port: 1), false), (.ipv6(0, 1, port: 1), true),
            (.ipv6(0, 0, port: 1), false), (.ipv6(1, 1, port: 1), false), (.unix([0x2F]), true),
            // RFC 4291, section 2.5.5.2: IPv4 addresses in another spelling. The older one of section 2.5.5.1 means nothing now.
            (.ipv6(0, 0xFFFF_7F00_0001, port: 1), true), (.ipv6(0, 0xFFFF_7FFF_FFFF, port: 1), true),
            (.ipv6(0, 0xFFFF_8000_0001, port: 1), false), (.ipv6(0, 0xFFFF_7EFF_FFFF, port: 1), false),
            (.ipv6(0, 0xFFFF_0000_0000, port: 1), false), (.ipv6(0, 0xFFFE_7F00_0001, port: 1), false),
            (.ipv6(0, 0x1_FFFF_7F00_0001, port: 1), false), (.ipv6(1, 0xFFFF_7F00_0001, port: 1), false),
            (.ipv6(0, 0x7F00_0001, port: 1), false),
        ] as [(SocketAddress, Bool)])
    func knowsWhatOnlyThisMachineReaches(address: SocketAddress, isLoopback: Bool) {
        #expect(address.isLoopback == isLoopback)
    }

    @Test func onlyInternetAddressesHaveAPort() {
        #expect(SocketAddress.loopback(port: 7).port == 7)
        #expect(SocketAddress.ipv6(0, 1, port: 8).port == 8)
        #expect(SocketAddress.unix([0x2F]).port == nil)
    }

    /// The kernel reads a path up to a zero, and would bind or reach another socket than the one meant.
    @Test(arguments: ["/a\0b", "/a\0", "/\0", "a\0"]) func aPathWithAZeroIsRefused(_ rest: String) throws {
        let start = "/tmp/postinvoke-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let address = SocketAddress.unix(Array("\(start)\(rest)".utf8))
        let shorter = String("\(start)\(rest)".prefix { $0 != "\0" })
        #expect(throws: Errno.invalidArgument) { _ = try Socket.listen(on: address) }
        #expect(throws: Errno.invalidArgument) { _ = try Socket.connect(to: address) }
        #expect(access(shorter, F_OK) == -1)
    }

    /// In an abstract name zeros are bytes as others are (unix(7)).
    @Test func aNameMayHaveZeros() throws {
        let name = SocketAddress.unix(
            [0] + Array("postinvoke-\(getpid())-\(UInt32.random(in: 0 ... .max))\0\0x\0".utf8))
        let listener = try Socket.listen(on: name)
        #expect(try listener.localAddress() == name)
        let client = try Socket.connect(to: name)
        #expect(try client.peerAddress() == name)
    }

    @Test func anIPv6ListenerSaysItsAddress() throws {
        let listener: Socket
        do {
            listener = try Socket.listen(on: .ipv6(0, 1, port: 0))
        } catch {
            // A machine without IPv6 has nothing to test.
            #expect(error == .addressNotAvailable || error == Errno(rawValue: EAFNOSUPPORT))
            return
        }
        let address = try #require(try listener.localAddress())
        let port = try #require(address.port)
        #expect(port != 0)
        #expect(address == .ipv6(0, 1, port: port))
    }
}
