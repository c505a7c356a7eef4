import CLinux
import LambdaAPI

/// The environment variable in which the X-Ray SDKs look for the trace header.
///
/// setenv(3) would keep every value there ever was, and move the environment under a thread that reads it meanwhile, as
/// closures of the last invocation may. So a block of memory is lent to the environment once and overwritten in place.
struct TraceVariable: ~Copyable {
    /// The whole entry, `NAME=value` with a zero behind it. The environment keeps it: it is never given back.
    private var entry: UnsafeMutablePointer<CChar>?
    private var capacity = 0

    /// Sets the value; one that is not there makes it empty, or leaves the variable unset if it always was.
    mutating func set(_ context: LambdaContext) {
        if context.record.fields.withView(of: .traceID, { put($0) }) == nil, entry != nil { put(.empty) }
    }

    private mutating func put(_ value: ByteView) {
        let prefix = ByteView("_X_AMZN_TRACE_ID=")
        let length = prefix.count + value.count
        if entry == nil || length >= capacity {
            capacity = max(512, length + 1)
            let block = UnsafeMutablePointer<CChar>.allocate(capacity: capacity)
            block.initialize(repeating: 0, count: capacity)
            memcpy(block, prefix.start, prefix.count)
            memcpy(block + prefix.count, value.start, value.count)
            putenv(block)
            entry = block
        } else if let entry {
            // The last byte of the block stays zero: whoever reads at this moment finds an end.
            memcpy(entry + prefix.count, value.start, value.count)
            entry[length] = 0
        }
    }
}
