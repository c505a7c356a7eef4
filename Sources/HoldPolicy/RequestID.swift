/// The name that Lambda gave to an invocation: 1 to 128 bytes, taken as they are and kept inline.
public struct RequestID: Equatable, Sendable {
    /// The most bytes that an id may have. Lambda's have 36.
    public static var maximumCount: Int { 128 }

    /// The number of bytes.
    public let count: Int
    /// The bytes, the rest zero, so that equal ids are equal words.
    private var words: InlineArray<16, UInt64>

    /// A copy of `bytes`; nil if there are none or more than ``maximumCount``.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0, bytes.count <= Self.maximumCount else { return nil }
        count = bytes.count
        words = InlineArray(repeating: 0)
        withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: bytes) }
    }

    /// Lends the bytes for the length of `body`.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeBytes(of: words) { (all) throws(Failure) in
            try body(UnsafeRawBufferPointer(rebasing: all[..<count]))
        }
    }

    /// Whether both are the same bytes.
    public static func == (left: RequestID, right: RequestID) -> Bool {
        guard left.count == right.count else { return false }
        for index in 0..<(left.count + 7) / 8 where left.words[index] != right.words[index] { return false }
        return true
    }
}
