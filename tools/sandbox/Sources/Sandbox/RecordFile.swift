import Glibc

/// A file of JSON objects, one a line. Each line is complete when it is written, so a reader may follow the file.
package final class RecordFile {
    private let file: FileDescriptor
    /// The reason why nothing more is written; nil while all was.
    package private(set) var failure: Errno?

    /// Writes to an open file.
    package init(_ file: consuming FileDescriptor) { self.file = file }

    func write(_ fields: [JSONValue.Field]) {
        var line = Buffer(capacity: 512)
        JSONValue.object(fields).append(to: &line)
        finish(&line)
    }

    /// Writes an object and the end of its line.
    package func write(_ object: [UInt8]) {
        var line = Buffer(capacity: object.count + 1)
        object.withByteView { line.append($0) }
        finish(&line)
    }

    private func finish(_ line: inout Buffer) {
        line.append(ASCII.lineFeed)
        while failure == nil, !line.isEmpty {
            do throws(Errno) {
                switch try file.write(line.readable) {
                case .bytes(let count): line.consume(count)
                default:
                    // A pipe or terminal that is full is waited for, as it is with the log.
                    var ready = pollfd(fd: file.rawValue, events: Int16(POLLOUT), revents: 0)
                    poll(&ready, 1, -1)
                }
            } catch {
                failure = error
            }
        }
    }

    /// Writes that the caller of a request was refused since too many environments were at work, or too many events waited.
    package func writeThrottle(_ id: String) { write([("record", .string("throttle")), ("requestId", .string(id))]) }
}
