import Reactor
import TestSupport
import Testing

@Suite struct HostLookupTests {
    private static let first = SocketAddress.ipv4(0x0A00_0001, port: 7)
    private static let second = SocketAddress.ipv4(0x0A00_0002, port: 7)
    private static let version6 = SocketAddress.ipv6(0xFE80_0000_0000_0000, 1, port: 7)

    @Test(
        arguments: [
            ("10.0.0.1 api", first),
            ("10.0.0.1 api\n", first),
            ("10.0.0.1\tapi", first),
            ("  10.0.0.1 \t  api  ", first),
            ("10.0.0.1 api\r\n", first),
            ("\r\n10.0.0.1 other api\r\n", first),
            ("10.0.0.1 API", first),
            ("10.0.0.1 one two api three", first),
            ("10.0.0.1 api api", first),
            ("# 10.0.0.2 api\n10.0.0.1 api", first),
            ("10.0.0.2 other # api\n10.0.0.1 api", first),
            ("10.0.0.1 api# a comment", first),
            ("10.0.0.1 api\n10.0.0.2 api", first),
            ("\n\n \n10.0.0.1 api", first),
            ("fe80::1 api\n10.0.0.1 api", first),
            ("10.0.0.1 api\nfe80::1 api", first),
            ("fe80::1 api", version6),
            ("fe80::1 api\nfe80::2 api", version6),
            ("not-an-address api\n10.0.0.1 api", first),
            ("10.0.0.256 api\n10.0.0.1 api", first),
            ("fe80::1%lo api\n10.0.0.1 api", first),
            ("10.0.0.1", nil),
            ("", nil),
            ("api", nil),
            ("api api", nil),
            ("10.0.0.1 apiary", nil),
            ("10.0.0.1 ap", nil),
            ("10.0.0.1 api.local", nil),
            ("10.0.0.1 #api", nil),
            ("#10.0.0.1 api", nil),
            ("10.0.0.1\napi", nil),
        ] as [(String, SocketAddress?)])
    func findsANameInAHostsFile(text: String, address: SocketAddress?) {
        let file = GuardedBytes(text.utf8)
        let found = withExtendedLifetime(file) { SocketAddress.find("api", inHosts: file.view, port: 7) }
        #expect(found == address)
    }

    @Test func anyInputIsReadWithoutATrap() {
        for seed in 1...200 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            let alphabet = [UInt8]("10.:f# \t\r\nap\0".utf8)
            let file = GuardedBytes((0..<200).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] })
            withExtendedLifetime(file) { _ = SocketAddress.find("ap", inHosts: file.view, port: 7) }
        }
    }
}
