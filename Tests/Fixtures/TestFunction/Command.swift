import JSON

/// A request to the test function: `{"do": name, "ms": n, "count": n, "text": s}`, all but `do` optional.
struct Command: Sendable {
    var name = "echo"
    var milliseconds: Int64 = 0
    var count = 1
    var text = ""

    init(_ event: [UInt8]) throws {
        try event.withByteView { bytes in
            var reader = JSONReader(bytes)
            guard case .beginObject = try reader.next() else { return }
            while case .key(let key) = try reader.next() {
                switch try reader.next() {
                case .string(let value) where key == "do": name = value.string
                case .string(let value) where key == "text": text = value.string
                case .number(let value) where key == "ms": milliseconds = value.int64 ?? 0
                case .number(let value) where key == "count": count = value.int64.map(Int.init) ?? 1
                default: break
                }
            }
        }
    }

    var duration: Duration { .milliseconds(milliseconds) }
}
