import Reactor
import Sandbox
import Testing

@Suite struct EventStreamTests {
    @Test(
        arguments: [
            ("", 0), ("a", 0xE8B7_BE43), ("123456789", 0xCBF4_3926),
            ("\u{0}\u{0}\u{0}\u{10}\u{0}\u{0}\u{0}\u{0}", 0x05C2_48EB),
        ] as [(String, UInt32)])
    func checksums(text: String, sum: UInt32) { #expect(text.withByteView { CRC32.checksum(of: $0) } == sum) }

    /// Each was made with Python's `struct` and `zlib`.
    @Test(
        arguments: [
            (
                "PayloadChunk", "application/octet-stream", "ab\n",
                "0000006d0000005a8f3ed47f0b3a6576656e742d7479706507000c5061796c6f61644368756e6b0d3a636f6e74656e742d747970650700"
                    + "186170706c69636174696f6e2f6f637465742d73747265616d0d3a6d6573736167652d747970650700056576656e7461620a04a62399"
            ),
            (
                "InvokeComplete", "application/json", "{}",
                "00000066000000541f56c8690b3a6576656e742d7479706507000e496e766f6b65436f6d706c6574650d3a636f6e74656e742d7479706507"
                    + "00106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b7d7006d467"
            ),
        ] as [(StaticString, StaticString, String, String)])
    func messages(event: StaticString, contentType: StaticString, payload: String, hexadecimal: String) {
        var buffer = Buffer()
        // What is in front of a message is no part of it.
        buffer.append(1)
        payload.withByteView { EventStream.append(event: event, contentType: contentType, $0, to: &buffer) }
        let bytes = buffer.readable.dropFirst(1).array
        #expect(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == hexadecimal)
    }

    /// Bytes that come in turn, the milliseconds from one to the next, and those from the last until more may come.
    @Test(
        arguments: [
            ([1], 0, nil), ([StreamPace.burst], 0, nil), ([StreamPace.burst - 1, 1], 0, nil),
            ([StreamPace.burst + StreamPace.bytesPerSecond], 0, 1000),
            ([StreamPace.burst, StreamPace.bytesPerSecond / 8], 0, 125),
            ([StreamPace.burst, StreamPace.bytesPerSecond, StreamPace.bytesPerSecond], 0, 2000),
            // What comes late is made up for, up to a tenth of a second.
            ([StreamPace.burst, StreamPace.bytesPerSecond, StreamPace.bytesPerSecond], 1050, 950),
            ([StreamPace.burst, StreamPace.bytesPerSecond, StreamPace.bytesPerSecond], 9000, 900),
        ] as [([Int], Int64, Int64?)])
    func paces(counts: [Int], interval: Int64, wait: Int64?) {
        var pace = StreamPace()
        var now = Instant(nanoseconds: 1_000_000_000)
        var due: Instant?
        for (index, count) in counts.enumerated() {
            if index > 0 { now = now + .milliseconds(interval) }
            due = pace.take(count, at: now)
        }
        #expect(due.map { ($0 - now) } == wait.map { .milliseconds($0) })
    }
}
