import CLinux

/// The environment variable in which the X-Ray SDKs look for the trace header.
///
/// setenv(3) would keep every value there ever was, and move the environment under a thread that reads it meanwhile, as
/// closures of the last invocation may. So a block of memory is lent to the environment once and overwritten in place.
struct TraceVariable: ~Copyable {
    private static let prefix = "_X_AMZN_TRACE_ID="

    /// The whole entry, `NAME=value` with a zero behind it. The environment keeps it: it is never given back.
    private var entry: UnsafeMutablePointer<CChar>?
    private var capacity = 0

    /// Sets the value; nil makes it empty, or leaves the variable unset if it always was.
    mutating func set(_ value: String?) {
        guard value != nil || entry != nil else { return }
        let text = Self.prefix + (value ?? "")
        let length = text.utf8.count
        if let entry, length < capacity {
            // The last byte of the block stays zero: whoever reads at this moment finds an end.
            entry.update(from: text, count: length + 1)
        } else {
            capacity = max(512, length + 1)
            let block = UnsafeMutablePointer<CChar>.allocate(capacity: capacity)
            block.initialize(repeating: 0, count: capacity)
            block.update(from: text, count: length)
            putenv(block)
            entry = block
        }
    }
}
