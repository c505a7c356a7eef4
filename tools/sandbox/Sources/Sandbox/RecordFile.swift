/// A file of JSON objects, one a line. Each line is complete when it is written, so a reader may follow the file.
package final class RecordFile {
    private let file: FileDescriptor

    /// Writes to an open file.
    package init(_ file: consuming FileDescriptor) { self.file = file }

    func write(_ fields: [JSONValue.Field]) { write(JSONValue.bytes(of: fields)) }

    /// Writes an object and the end of its line.
    package func write(_ object: [UInt8]) {
        var buffer = Buffer(capacity: object.count + 1)
        object.withByteView { buffer.append($0) }
        buffer.append(ASCII.lineFeed)
        while !buffer.isEmpty, case .bytes(let count)? = try? file.write(buffer.readable) { buffer.consume(count) }
    }

    /// Writes that the caller of a request was refused since too many environments were at work.
    package func writeThrottle(_ id: String) { write([("record", .string("throttle")), ("requestId", .string(id))]) }
}
