import Bytes

/// Room for the field lines of one head or trailer section, lent to a parser by whoever calls it.
///
/// One allocation, made once; a parser that is lent a table allocates nothing. What it holds after a parser answered
/// anything but `complete` has no meaning.
public struct FieldTable: ~Copyable {
    /// The most lines a table holds, and so the most a peer may send.
    public static var capacity: Int { HTTPLimits.fields }

    private let lines: UnsafeMutablePointer<FieldLine>
    /// The number of lines held.
    public private(set) var count = 0

    /// An empty table.
    public init() { lines = .allocate(capacity: Self.capacity) }

    deinit { lines.deallocate() }

    /// The fields named by this table in `bytes`, which begin where the parsed bytes began. Valid until the bytes or
    /// the table change.
    public borrowing func fields(in bytes: ByteView) -> HTTPFields {
        HTTPFields(bytes: bytes, lines: UnsafeBufferPointer(start: lines, count: count))
    }

    mutating func append(_ line: FieldLine) {
        precondition(count < Self.capacity, "more fields than a table holds")
        // FieldLine is trivial, so a place that was used before needs no deinitialization.
        (lines + count).initialize(to: line)
        count += 1
    }

    mutating func removeAll() { count = 0 }
}
