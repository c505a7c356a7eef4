/// The result of parsing the bytes received so far. Too few bytes are no error.
public enum ParseStatus<Head> {
    /// Nothing wrong yet, and not the end: call again with the same bytes and more behind them.
    case partial
    /// The whole head, which took the first `length` bytes.
    case complete(Head, length: Int)
}

extension ParseStatus: Sendable where Head: Sendable {}
