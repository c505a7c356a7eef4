import CLinux
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
            // Text that inet_aton(3) reads, and reads differently, is no name either.
            ("010.0.0.1:80", .invalidHost), ("0300.0250.1:80", .invalidHost), ("127.1:80", .invalidHost),
            ("127.0.1:80", .invalidHost), ("2130706433:80", .invalidHost), ("0:80", .invalidHost),
            ("0x7f000001:80", .invalidHost), ("0X7F.1:80", .invalidHost), ("127.0.0.0x1:80", .invalidHost),
            ("1.2.3.0x:80", .invalidHost), ("127.0.0.01:80", .invalidHost), ("127.0.0.1.:80", .invalidHost),
            ("1.2.3.4.5:80", .invalidHost), ("1.2.3.256:80", .invalidHost), ("1.2.3:80", .invalidHost),
            ("09.1.1.1:80", .invalidHost), ("api.7:80", .invalidHost), ("api.0xA:80", .invalidHost),
            ("127.0.0.1 :80", .invalidHost), (" 127.0.0.1:80", .invalidHost), ("127.0.0.1\t:80", .invalidHost),
            ("127.0.0.1 x:80", .invalidHost), ("a b:80", .invalidHost), ("a\u{7F}:80", .invalidHost),
            // Names, though digits and dots are in them.
            ("1.\(unknown):80", .unknownName), ("0x7g.\(unknown)1:80", .unknownName),
            ("\(unknown).7e:80", .unknownName),
            ("\(unknown).0xg:80", .unknownName), ("\(unknown)..:80", .unknownName),
        ] as [(String, SocketAddressError)])
    func refuses(text: String, error: SocketAddressError) {
        #expect(throws: error) { try parse(text) }
    }

    /// Addresses that are changed at random here and there, against libc.
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func readsNumbersAsLibcDoes(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let patterns = [
            "127.0.0.1", "255.10.9.100", "0.0.0.0", "::", "::1", "1::", "fe80::1:2", "1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "abcd:EF01::0:12",
            "1::2:3.4.5.6",
        ]
        let alphabet = [UInt8]("0123459afAFg.:%".utf8)
        var accepted = 0
        for round in 0..<4_000 {
            var text = [UInt8](patterns[Int(random.next() % UInt64(patterns.count))].utf8)
            for _ in 0..<random.next() % 4 {
                let place = Int(random.next() % UInt64(text.count + 1))
                let byte = alphabet[Int(random.next() % UInt64(alphabet.count))]
                switch random.next() % 3 {
                case 0: text.insert(byte, at: place)
                case 1 where place < text.count: text[place] = byte
                default: if place < text.count, text.count > 1 { text.remove(at: place) }
                }
            }
            let string = String(decoding: text, as: UTF8.self)
            var ipv4 = in_addr()
            var ipv6 = in6_addr()
            var expected: SocketAddress?
            if inet_pton(AF_INET, string, &ipv4) == 1 {
                expected = .ipv4(UInt32(bigEndian: ipv4.s_addr), port: 7)
            } else if inet_pton(AF_INET6, string, &ipv6) == 1 {
                withUnsafeBytes(of: ipv6) { bytes in
                    let halves = bytes.bindMemory(to: UInt64.self)
                    expected = .ipv6(UInt64(bigEndian: halves[0]), UInt64(bigEndian: halves[1]), port: 7)
                }
            }
            let guarded = GuardedBytes(text)
            let found =
                SocketAddress.numericIPv4(guarded.view, port: 7) ?? SocketAddress.numericIPv6(guarded.view, port: 7)
            extendLifetime(guarded)
            #expect(found == expected, "seed \(seed), round \(round): \(string)")
            if expected != nil { accepted += 1 }
        }
        #expect(accepted > 1_000)
    }

    @Test func everyFaultHasAMessage() {
        let messages = [
            SocketAddressError.missingPort, .invalidPort, .invalidHost, .unknownName, .invalidPath,
        ].map { ByteView($0.message).string }
        #expect(Set(messages).count == 5)
        #expect(messages.allSatisfy { !$0.isEmpty })
    }
}
