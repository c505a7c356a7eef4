import Bytes

#if canImport(Glibc)
import Glibc
#endif

/// Something that takes bytes from strangers, and what must hold whatever they are.
struct Target: Sendable {
    let name: String
    /// Traps when a promise is broken. The bytes end where the memory that the sanitizer allows ends.
    let check: @Sendable (ByteView) -> Void

    static let all = [
        Target(name: "request-head", check: checkRequestHead),
        Target(name: "response-head", check: checkResponseHead),
        Target(name: "chunked", check: checkChunked),
        Target(name: "json", check: checkJSON),
        Target(name: "connection", check: checkConnection),
        Target(name: "hold-policy", check: checkHoldPolicy),
        Target(name: "sandbox-requests", check: checkSandboxRequests),
        Target(name: "sandbox-life", check: checkSandboxLife),
    ]

    nonisolated(unsafe) static var current: Target?
    nonisolated(unsafe) private static var executions: UInt64 = 0
    nonisolated(unsafe) private static var lastReport: Int64 = 0

    /// The entry point for libFuzzer. Once a second it reports its progress, for a progress line.
    static func run(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
        current!.check(ByteView(UnsafeRawBufferPointer(start: data, count: size)))
        executions += 1
        if executions & 63 == 0 {
            var now = timespec()
            clock_gettime(CLOCK_MONOTONIC, &now)
            if Int64(now.tv_sec) != lastReport {
                lastReport = Int64(now.tv_sec)
                complain("progress \(executions)")
            }
        }
        return 0
    }
}

/// A line on standard error.
func complain(_ text: String) {
    let line = Array((text + "\n").utf8)
    _ = line.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
}

/// A promise was broken: libFuzzer keeps the input.
func fail(_ text: String) -> Never {
    complain("BROKEN: \(text)")
    fatalError(text)
}

/// Returns true if two things that must be the same are.
func expectEqual<Value: Equatable>(_ left: Value, _ right: Value, _ what: @autoclosure () -> String) {
    if left != right { fail("\(what()): \(left) and \(right)") }
}
