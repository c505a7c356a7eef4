import Reactor

/// The framing of `application/vnd.amazon.eventstream` ("Amazon Event Stream Specification", Smithy): each message has its length and
/// that of its headers, a checksum of both, the headers, the payload, and a checksum of it all. Numbers are big-endian.
package enum EventStream {
    /// Appends a message that is an event.
    package static func append(
        event: StaticString, contentType: StaticString, _ payload: ByteView, to buffer: inout Buffer
    ) {
        let headers: [(name: StaticString, value: StaticString)] = [
            (":event-type", event), (":content-type", contentType), (":message-type", "event"),
        ]
        let headersCount = headers.reduce(0) { $0 + 4 + $1.name.utf8CodeUnitCount + $1.value.utf8CodeUnitCount }
        let start = buffer.count
        append(UInt32(16 + headersCount + payload.count), to: &buffer)
        append(UInt32(headersCount), to: &buffer)
        append(CRC32.checksum(of: buffer.readable.dropFirst(start)), to: &buffer)
        for (name, value) in headers {
            buffer.append(UInt8(name.utf8CodeUnitCount))
            buffer.append(ByteView(name))
            // The type of a string, and its length in two bytes.
            buffer.append(7)
            buffer.append(0)
            buffer.append(UInt8(value.utf8CodeUnitCount))
            buffer.append(ByteView(value))
        }
        buffer.append(payload)
        append(CRC32.checksum(of: buffer.readable.dropFirst(start)), to: &buffer)
    }

    private static func append(_ number: UInt32, to buffer: inout Buffer) {
        for shift: UInt32 in [24, 16, 8, 0] { buffer.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}
