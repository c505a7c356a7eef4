import Glibc
import Sandbox
import SoakCore

/// The driver's end of the pipe that closures write their records to. It has a name, so that every function process of
/// the run finds it, and it outlives them all.
final class LedgerPipe {
    /// Where the function finds it.
    let path: String
    private let folder: String
    private let descriptor: FileDescriptor
    private var buffer = Buffer(capacity: 65_536)

    /// Makes a pipe in a folder of its own.
    init() throws(Errno) {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array((base + "/soak-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = folder + "/ledger"
        guard mkfifo(path, 0o600) == 0 else { throw Errno(rawValue: errno) }
        // For writing, too: it never sees an end while function processes come and go.
        let number = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else { throw Errno(rawValue: errno) }
        descriptor = FileDescriptor(rawValue: number)
    }

    /// Takes its name and its folder away, for the end of the run.
    func remove() {
        unlink(path)
        rmdir(folder)
    }

    /// Hands over every record written so far.
    func drain(_ take: (ClosureRecord?) -> Void) throws(Errno) {
        while case .bytes(let count) = try descriptor.read(into: buffer.reserve(65_536)), count > 0 {
            buffer.commit(count)
            while buffer.count >= ClosureRecord.size {
                take(ClosureRecord(buffer.readable.rawBuffer))
                buffer.consume(ClosureRecord.size)
            }
        }
    }
}
