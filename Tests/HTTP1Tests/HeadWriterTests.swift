import HTTP1
import TestSupport
import Testing

@Suite struct HeadWriterTests {
    @Test func writesRequests() throws {
        var buffer = Buffer()
        buffer.appendRequestLine("POST", target: "/done?x")
        buffer.appendField("Host", "127.0.0.1:1339")
        buffer.appendField("Content-Length", 18_446_744_073_709_551_615)
        buffer.appendField("Empty", "")
        buffer.appendEndOfHead()
        #expect(
            buffer.readable.string == """
                POST /done?x HTTP/1.1\r
                Host: 127.0.0.1:1339\r
                Content-Length: 18446744073709551615\r
                Empty: \r
                \r

                """)
        var table = FieldTable()
        let expected = RequestSummary(
            method: "POST", target: "/done?x", framing: .length(.max),
            fields: [
                Field("Host", "127.0.0.1:1339"), Field("Content-Length", "18446744073709551615"), Field("Empty", ""),
            ])
        let count = buffer.count
        let verdict = requestVerdict(buffer.readable, &table)
        #expect(verdict == .complete(expected, length: count))
    }

    /// Every status there could be, with a phrase or without, is read back.
    @Test func writesStatusLines() {
        var table = FieldTable()
        for status in 100...999 {
            var buffer = Buffer()
            buffer.appendStatusLine(status)
            buffer.appendEndOfHead()
            guard case .complete(let summary, buffer.count) = responseVerdict(buffer.readable, &table) else {
                Issue.record("status \(status)")
                return
            }
            #expect(summary.status == status)
            #expect(summary.reason == statusText(status).string)
        }
        #expect(statusText(200).string == "OK")
        #expect(statusText(299).string == "")
    }

    @Test func writesChunks() {
        var buffer = Buffer()
        buffer.appendChunk("0123456789abcdef")
        buffer.appendChunk("")
        buffer.appendChunk("x")
        buffer.appendLastChunk()
        #expect(buffer.readable == "10\r\n0123456789abcdef\r\n1\r\nx\r\n0\r\n\r\n")
        buffer.removeAll()
        buffer.appendLastChunk { $0.appendField("A", 1) }
        #expect(buffer.readable == "0\r\nA: 1\r\n\r\n")
    }

    /// Bytes by which a value could write lines of its own trap, in release builds too.
    @Test func trapsOnValuesThatBreakTheFraming() async {
        await #expect(processExitsWith: .failure) {
            var buffer = Buffer()
            buffer.appendField("A", "b\r\nC: d")
        }
        await #expect(processExitsWith: .failure) {
            var buffer = Buffer()
            buffer.appendField("A", "\0")
        }
        await #expect(processExitsWith: .failure) {
            var buffer = Buffer()
            buffer.appendRequestLine("GET", target: "/ HTTP/1.1\r\n")
        }
        await #expect(processExitsWith: .failure) {
            var buffer = Buffer()
            buffer.appendRequestLine("GET", target: "")
        }
    }
}
