import Reactor
import TestSupport
import Testing

@Suite struct AddressParserTests {
    /// A name whose first label is too long for DNS, so that no resolver is asked.
    private static let unknown = String(repeating: "x", count: 70)

    private func parse(_ text: String) throws(SocketAddressError) -> SocketAddress {
        let guarded = GuardedBytes(text.utf8)
        defer { extendLifetime(guarded) }
        return try SocketAddress.parse(guarded.view)
    }

    @Test(
        arguments: [
            ("127.0.0.1:1339", .loopback(port: 1339)),
            ("1.2.3.4:0", .ipv4(0x0102_0304, port: 0)),
            ("255.255.255.255:65535", .ipv4(.max, port: 65535)),
            ("127.0.0.1:00080", .loopback(port: 80)),
            ("localhost:9001", .loopback(port: 9001)),
            ("LocalHost:9001", .loopback(port: 9001)),
            // Left to the resolver, which knows it without asking anybody.
            ("127.1:80", .loopback(port: 80)),
            ("[::1]:80", .ipv6(0, 1, port: 80)),
            ("[2001:DB8::1]:80", .ipv6(0x2001_0DB8_0000_0000, 1, port: 80)),
            ("[::ffff:1.2.3.4]:80", .ipv6(0, 0xFFFF_0102_0304, port: 80)),
            ("unix:/tmp/a:b", .unix([UInt8]("/tmp/a:b".utf8))),
            ("unix:/", .unix([0x2F])),
            ("unix:@x", .unix([0, 0x78])),
            ("unix:@\(String(repeating: "n", count: 106))", .unix([0] + [UInt8](repeating: 0x6E, count: 106))),
        ] as [(String, SocketAddress)])
    func reads(text: String, address: SocketAddress) throws {
        #expect(try parse(text) == address)
    }

    @Test(
        arguments: [
            ("", .missingPort), ("127.0.0.1", .missingPort), ("localhost", .missingPort), ("[::1]", .missingPort),
            ("127.0.0.1:", .invalidPort), ("127.0.0.1:65536", .invalidPort), ("127.0.0.1:99999", .invalidPort),
            ("127.0.0.1:000080", .invalidPort), ("127.0.0.1:-1", .invalidPort), ("127.0.0.1:+1", .invalidPort),
            ("127.0.0.1: 80", .invalidPort), ("127.0.0.1:80 ", .invalidPort), ("127.0.0.1:http", .invalidPort),
            ("127.0.0.1:80/", .invalidPort), ("127.0.0.1:18446744073709551696", .invalidPort),
            (":80", .invalidHost), ("::1:80", .invalidHost), ("::1", .invalidHost), ("[]:80", .invalidHost),
            ("[:80", .invalidHost), ("[::1:80", .invalidHost), ("[127.0.0.1]:80", .invalidHost),
            ("[::1%lo]:80", .invalidHost), ("[::1]x:80", .invalidHost), ("[::g]:80", .invalidHost),
            ("http://127.0.0.1:80", .invalidHost), ("\(String(repeating: "x", count: 256)):80", .invalidHost),
            ("127.0.0.1\0:80", .invalidHost), ("[::1\0]:80", .invalidHost), ("[::1]\0x]:80", .invalidHost),
            ("unix:", .invalidPath), ("unix:@", .invalidPath), ("unix:/a\0b", .invalidPath),
            ("unix:/\(String(repeating: "n", count: 107))", .invalidPath),
            ("unix:@\(String(repeating: "n", count: 107))", .invalidPath),
            ("\(unknown):80", .unknownName),
        ] as [(String, SocketAddressError)])
    func refuses(text: String, error: SocketAddressError) {
        #expect(throws: error) { try parse(text) }
    }

    @Test func everyFaultHasAMessage() {
        let messages = [
            SocketAddressError.missingPort, .invalidPort, .invalidHost, .unknownName, .invalidPath,
        ].map { ByteView($0.message).string }
        #expect(Set(messages).count == 5)
        #expect(messages.allSatisfy { !$0.isEmpty })
    }
}
