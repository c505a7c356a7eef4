/// One of a server's two large buffers, for what is read and for what is written, borrowed by whichever connection is being served.
///
/// Thousands of idle connections then cost no buffer memory. A connection that keeps something when its turn ends (a
/// part of a request, or bytes the peer does not take) gets a buffer of its own of the right size; so does one that is
/// answered while another has borrowed this one.
struct ScratchBuffer: ~Copyable {
    private var buffer: Buffer
    private let size: Int

    init(size: Int) {
        buffer = Buffer(capacity: size)
        self.size = size
    }

    /// Lends the buffer to a borrower that has none, if it is not lent already.
    mutating func lend(to other: inout Buffer) {
        if other.capacity == 0, buffer.capacity > 0 { swap(&buffer, &other) }
    }

    /// Takes the buffer back from a borrower whose turn has ended, leaving it a buffer just large enough for what it keeps.
    mutating func restore(from other: inout Buffer) {
        guard buffer.capacity == 0, other.capacity >= size else {
            if other.isEmpty, other.capacity > 0 { other.release() }
            return
        }
        swap(&buffer, &other)
        if !buffer.isEmpty {
            other = Buffer(capacity: buffer.count)
            other.append(buffer.readable)
        }
        // A buffer that one huge message blew up is not kept for all.
        if buffer.capacity > 4 * size { buffer = Buffer(capacity: size) }
        buffer.removeAll()
    }
}
