import HTTP1
import LambdaAPI
import TestSupport
import Testing

@Suite struct CacheLifetimeTests {
    @Test(
        arguments: [
            ("", .unlimited), ("Cache-Control: private, max-age=43200, immutable", .seconds(43_200)),
            ("cache-control:MAX-AGE=5", .seconds(5)), ("Cache-Control: max-age=\"7\"", .seconds(7)),
            ("Cache-Control: max-age=0", .none), ("Cache-Control: max-age=x", .none),
            ("Cache-Control: max-age=", .none),
            ("Cache-Control: max-age=-1", .none), ("Cache-Control: max-age=9999999999", .seconds(.max)),
            ("Cache-Control: no-store", .none), ("Cache-Control: No-Cache , max-age=9", .none),
            ("Cache-Control: max-age=9, no-cache", .none), ("Cache-Control: max-age=9,max-age=3", .seconds(3)),
            ("Cache-Control: max-age=3\r\nCache-Control: max-age=9", .seconds(3)), ("Cache-Control:", .unlimited),
            ("Cache-Control: ,,x-max-age=3,max-age", .unlimited), ("Expires: 0", .unlimited),
        ] as [(String, CacheLifetime)])
    func isWhatTheFieldsSay(lines: String, lifetime: CacheLifetime) throws {
        let head = "HTTP/1.1 200 OK\r\n" + (lines.isEmpty ? "" : lines + "\r\n") + "\r\n"
        try head.withByteView { (bytes) throws in
            var table = FieldTable()
            guard case .complete(let head, _) = try parseResponseHead(bytes, fields: &table) else {
                Issue.record("no head")
                return
            }
            #expect(CacheLifetime(head.fields(in: bytes, table)) == lifetime)
        }
    }
}
