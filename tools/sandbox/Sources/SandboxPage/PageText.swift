import Sandbox

/// The beginning of an event or a response.
struct PageText {
    /// The most bytes that are kept.
    static let limit = 262_144

    let bytes: [UInt8]
    /// The number of bytes of the whole.
    let count: Int

    init(_ whole: [UInt8]) {
        // What is kept whole is shared, not copied.
        bytes = whole.count <= Self.limit ? whole : Array(whole.prefix(Self.limit))
        count = whole.count
    }

    var isCut: Bool { bytes.count < count }

    var json: JSONValue {
        .object([
            ("text", .string(String(decoding: bytes, as: UTF8.self))), ("bytes", .count(count)),
            ("isCut", .bool(isCut)),
        ])
    }
}
