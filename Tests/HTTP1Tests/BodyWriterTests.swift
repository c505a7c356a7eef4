import Bytes
import HTTP1
import TestSupport
import Testing

/// Tests how a body is announced and written.
@Suite struct BodyWriterTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let status: Int
        var isToHead = false
        var version = HTTPVersion.http11
        let length: UInt64?
        /// The end of the head, and the bytes written of a body `abc` in two pieces, with a length of 3 or without.
        let head: String
        let body: String
        let framing: BodyFraming
        var testDescription: String {
            "\(status) \(version) \(length.map(String.init) ?? "-")\(isToHead ? " to HEAD" : "")"
        }
    }

    private static let chunks = "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"

    static let answers = [
        Case(status: 200, length: 3, head: "Content-Length: 3\r\n\r\n", body: "abc", framing: .length(3)),
        Case(status: 200, length: 0, head: "Content-Length: 0\r\n\r\n", body: "", framing: .length(0)),
        Case(status: 200, length: nil, head: "Transfer-Encoding: chunked\r\n\r\n", body: chunks, framing: .chunked),
        Case(status: 200, version: .http10, length: nil, head: "\r\n", body: "abc", framing: .untilClose),
        Case(
            status: 200, version: .http10, length: 3, head: "Content-Length: 3\r\n\r\n", body: "abc",
            framing: .length(3)),
        Case(status: 200, isToHead: true, length: 3, head: "Content-Length: 3\r\n\r\n", body: "", framing: .none),
        Case(
            status: 200, isToHead: true, length: nil, head: "Transfer-Encoding: chunked\r\n\r\n", body: "",
            framing: .none),
        Case(status: 200, isToHead: true, version: .http10, length: nil, head: "\r\n", body: "", framing: .none),
        Case(status: 204, length: 0, head: "\r\n", body: "", framing: .none),
        Case(status: 204, length: nil, head: "\r\n", body: "", framing: .none),
        Case(status: 304, length: 3, head: "\r\n", body: "", framing: .none),
        Case(status: 304, version: .http10, length: nil, head: "\r\n", body: "", framing: .none),
        Case(status: 500, length: 3, head: "Content-Length: 3\r\n\r\n", body: "abc", framing: .length(3)),
    ]

    @Test(arguments: answers)
    func writesAnswers(_ one: Case) {
        var buffer = Buffer()
        var writer = BodyWriter(
            answering: one.status, toHead: one.isToHead, of: one.version, length: one.length, endingHead: &buffer)
        #expect(buffer.readable.string == one.head && writer.framing == one.framing)
        buffer.removeAll()
        for piece in one.length == 0 ? [] : ["ab", "", "c"] { piece.withByteView { writer.append($0, to: &buffer) } }
        writer.finish(in: &buffer)
        #expect(buffer.readable.string == one.body)
    }

    @Test func writesTrailersBehindChunksOnly() {
        for (length, expected) in [(nil, "0\r\nT: 1\r\n\r\n"), (0, "")] as [(UInt64?, String)] {
            var buffer = Buffer()
            let writer = BodyWriter(length: length, endingHead: &buffer)
            buffer.removeAll()
            writer.finish(in: &buffer) { $0.appendField("T", "1") }
            #expect(buffer.readable.string == expected)
        }
    }

    @Test func moreThanTheLengthTraps() async {
        await #expect(processExitsWith: .failure) {
            var buffer = Buffer()
            var writer = BodyWriter(length: 1, endingHead: &buffer)
            writer.append("ab", to: &buffer)
        }
    }

    @Test func lessThanTheLengthTraps() async {
        await #expect(processExitsWith: .failure) {
            var buffer = Buffer()
            let writer = BodyWriter(length: 1, endingHead: &buffer)
            writer.finish(in: &buffer)
        }
    }
}
