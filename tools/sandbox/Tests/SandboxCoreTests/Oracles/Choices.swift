@testable import SandboxCore

/// Where a world's choices come from: a seed, or bytes that are one choice each, and a seed when they are used up.
struct Choices {
    private var source: IdentifierSource
    private let bytes: [UInt8]
    private var used = 0

    init(seed: UInt64) {
        source = IdentifierSource(seed: seed)
        bytes = []
    }

    init(_ bytes: [UInt8]) {
        source = IdentifierSource(seed: 0)
        self.bytes = bytes
    }

    mutating func bits() -> UInt64 {
        guard used < bytes.count else { return source.bits() }
        used += 1
        return UInt64(bytes[used - 1])
    }
}
