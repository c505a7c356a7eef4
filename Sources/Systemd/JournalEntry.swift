import CLinux
import Reactor

// Then the compiler takes iovec for this module's, not CLinux's.
#if Systemd
import CSystemd
#endif

/// An entry for the journal as it is made: fields, `NAME=value` each, in one flat buffer.
///
/// A value may hold any bytes, line feeds and zeros among them. The memory is kept from one entry to the next, so that
/// an entry of the usual size allocates nothing.
public struct JournalEntry: ~Copyable {
    private var bytes: Buffer
    /// The fields in their order; where each begins is known only when they are lent, since the buffer may move.
    private var vectors: UnsafeMutablePointer<iovec>
    private var capacity: Int
    /// The number of fields.
    public private(set) var count = 0

    /// An entry without fields.
    ///
    /// - Parameters:
    ///   - byteCount: the bytes of names and values to make room for at once.
    ///   - fieldCount: the fields to make room for at once.
    public init(byteCount: Int = 1_024, fieldCount: Int = 32) {
        bytes = Buffer(capacity: byteCount)
        capacity = max(fieldCount, 1)
        vectors = .allocate(capacity: capacity)
    }

    deinit { vectors.deallocate() }

    /// Forgets the fields and keeps the memory.
    public mutating func removeAll() {
        bytes.removeAll()
        count = 0
    }

    /// Adds a field. One that is there already is not replaced: it then has two values.
    ///
    /// - Parameters:
    ///   - name: a valid one, see ``JournalFieldName/isValid(_:)``.
    ///   - value: any bytes.
    public mutating func field(_ name: StaticString, _ value: ByteView) {
        field(name) { $0.append(value) }
    }

    /// Adds a field whose value is a number, in decimal digits.
    public mutating func field(_ name: StaticString, _ value: UInt64) {
        field(name) { $0.append(decimal: value) }
    }

    /// Adds a field whose value is what `body` appends.
    public mutating func field(_ name: StaticString, _ body: (inout Buffer) -> Void) {
        precondition(JournalFieldName.isValid(ByteView(name)), "no name of a journal's field")
        field(name: { $0.append(ByteView(name)) }, value: body)
    }

    /// Adds a field that is named after any text; see ``JournalFieldName/append(_:prefix:to:)``.
    public mutating func field(named text: ByteView, prefix: StaticString, _ body: (inout Buffer) -> Void) {
        field(name: { JournalFieldName.append(text, prefix: prefix, to: &$0) }, value: body)
    }

    /// Lends the fields in the form that sd_journal_sendv(3) and writev(2) take, for the length of `body`.
    ///
    /// - Throws: what `body` throws.
    public func withVectors<Result, Failure: Error>(
        _ body: (UnsafePointer<iovec>, Int) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var start = UnsafeMutableRawPointer(mutating: UnsafeRawPointer(bytes.readable.start))
        for index in 0..<count {
            vectors[index].iov_base = start
            start += Int(vectors[index].iov_len)
        }
        return try body(vectors, count)
    }

    private mutating func field(name: (inout Buffer) -> Void, value: (inout Buffer) -> Void) {
        let before = bytes.count
        name(&bytes)
        bytes.append("=")
        value(&bytes)
        if count == capacity { grow() }
        vectors[count] = iovec(iov_base: nil, iov_len: bytes.count - before)
        count += 1
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<iovec>.allocate(capacity: capacity * 2)
        larger.update(from: vectors, count: count)
        vectors.deallocate()
        vectors = larger
        capacity *= 2
    }
}
