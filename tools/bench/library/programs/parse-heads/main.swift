import HTTP1
import Heads

/// `HTTP1`'s parsers, with a table lent once as a server lends it.
struct OwnParser: ~Copyable, HeadParser {
    private let head: Head
    private var fields = FieldTable()

    init(_ head: Head) { self.head = head }

    mutating func parse(rounds: Int) {
        let (bytes, isRequest) = (head.bytes, head.isRequest)
        bytes.withByteView { bytes in
            for _ in 0..<rounds {
                let length = isRequest ? request(bytes) : response(bytes)
                precondition(length == bytes.count, "the head was not understood")
            }
        }
    }

    private mutating func request(_ bytes: ByteView) -> Int {
        guard case .complete(_, let length)? = try? parseRequestHead(bytes, fields: &fields) else { return 0 }
        return length
    }

    private mutating func response(_ bytes: ByteView) -> Int {
        guard case .complete(_, let length)? = try? parseResponseHead(bytes, fields: &fields) else { return 0 }
        return length
    }
}

runBench(OwnParser.self)
