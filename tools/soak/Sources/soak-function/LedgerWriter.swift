import Glibc
import SoakCore

/// The function's end of the driver's pipe.
struct LedgerWriter: Sendable {
    private let descriptor: Int32

    /// Opens the pipe; without one the function cannot take part.
    init(path: String) {
        descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            perror("SOAK_LEDGER")
            exit(78)
        }
    }

    /// Writes a record, whole, before whatever comes next; waits when the pipe is full.
    func write(_ invocation: UInt32, _ closure: UInt16, _ kind: ClosureRecord.Kind) {
        let record = ClosureRecord(
            invocation: invocation, closure: closure, kind: kind, nanoseconds: Self.monotonicNanoseconds)
        let bytes = record.bytes
        bytes.span.withUnsafeBytes { bytes in
            while Glibc.write(descriptor, bytes.baseAddress, bytes.count) == -1, errno == EINTR {}
        }
    }

    /// The clock that the driver reads, too.
    static var monotonicNanoseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
