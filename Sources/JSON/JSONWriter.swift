/// Writes the inside of one object or array and places the commas. It comes from `Buffer.appendJSONObject(_:)` or
/// `Buffer.appendJSONArray(_:)`, which write the brackets, and allocates nothing but what the buffer needs to grow.
///
/// Objects have fields, arrays have elements; to mix them up is the caller's bug and traps. Names that repeat are written
/// as they come.
public struct JSONWriter: ~Copyable {
    private var buffer: Buffer
    private var isInObject: Bool
    private var needsComma = false

    init(_ buffer: consuming Buffer, isInObject: Bool) {
        self.buffer = buffer
        self.isInObject = isInObject
        self.buffer.append(isInObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
    }

    consuming func finish() -> Buffer {
        buffer.append(isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        return buffer
    }

    // MARK: Fields of an object

    /// Writes a field whose value is a string; see `Buffer.appendJSONString(_:)` for what is escaped.
    public mutating func field(_ name: StaticString, _ value: ByteView) {
        begin(name)
        buffer.appendJSONString(value)
    }

    /// Writes a field whose value is a number.
    public mutating func field(_ name: StaticString, _ value: UInt64) {
        begin(name)
        buffer.append(decimal: value)
    }

    /// Writes a field whose value is a number.
    public mutating func field(_ name: StaticString, _ value: Int64) {
        begin(name)
        append(value)
    }

    /// Writes a field whose value is a number.
    public mutating func field(_ name: StaticString, _ value: Int) { field(name, Int64(value)) }

    /// Writes a field whose value is `true` or `false`.
    public mutating func field(_ name: StaticString, _ value: Bool) {
        begin(name)
        append(value)
    }

    /// Writes a field whose value is `null`.
    public mutating func null(_ name: StaticString) {
        begin(name)
        buffer.append("null")
    }

    /// Writes a field whose value is an object.
    public mutating func object(_ name: StaticString, _ body: (inout JSONWriter) -> Void) {
        begin(name)
        nest(asObject: true, body)
    }

    /// Writes a field whose value is an array.
    public mutating func array(_ name: StaticString, _ body: (inout JSONWriter) -> Void) {
        begin(name)
        nest(asObject: false, body)
    }

    // MARK: Fields whose names are not known before

    /// Writes a field whose value is a string; the name is escaped as a string is.
    package mutating func field(named name: ByteView, _ value: ByteView) {
        begin(name)
        buffer.appendJSONString(value)
    }

    /// Writes a field whose value is an array; the name is escaped as a string is.
    package mutating func array(named name: ByteView, _ body: (inout JSONWriter) -> Void) {
        begin(name)
        nest(asObject: false, body)
    }

    // MARK: Elements of an array

    /// Writes an element that is a string; see `Buffer.appendJSONString(_:)` for what is escaped.
    public mutating func element(_ value: ByteView) {
        begin()
        buffer.appendJSONString(value)
    }

    /// Writes an element that is a number.
    public mutating func element(_ value: UInt64) {
        begin()
        buffer.append(decimal: value)
    }

    /// Writes an element that is a number.
    public mutating func element(_ value: Int64) {
        begin()
        append(value)
    }

    /// Writes an element that is a number.
    public mutating func element(_ value: Int) { element(Int64(value)) }

    /// Writes an element that is `true` or `false`.
    public mutating func element(_ value: Bool) {
        begin()
        append(value)
    }

    /// Writes an element that is `null`.
    public mutating func null() {
        begin()
        buffer.append("null")
    }

    /// Writes an element that is an object.
    public mutating func object(_ body: (inout JSONWriter) -> Void) {
        begin()
        nest(asObject: true, body)
    }

    /// Writes an element that is an array.
    public mutating func array(_ body: (inout JSONWriter) -> Void) {
        begin()
        nest(asObject: false, body)
    }

    // MARK: How

    private mutating func begin(_ name: StaticString) { begin(ByteView(name)) }

    private mutating func begin(_ name: ByteView) {
        precondition(isInObject, "a field outside an object")
        appendComma()
        buffer.appendJSONString(name)
        buffer.append(UInt8(ascii: ":"))
    }

    private mutating func begin() {
        precondition(!isInObject, "an element outside an array")
        appendComma()
    }

    private mutating func appendComma() {
        if needsComma { buffer.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func nest(asObject: Bool, _ body: (inout JSONWriter) -> Void) {
        let wasInObject = isInObject
        isInObject = asObject
        needsComma = false
        buffer.append(asObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
        body(&self)
        buffer.append(asObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        isInObject = wasInObject
        needsComma = true
    }

    private mutating func append(_ value: Int64) {
        if value < 0 { buffer.append(UInt8(ascii: "-")) }
        buffer.append(decimal: value.magnitude)
    }

    private mutating func append(_ value: Bool) { buffer.append(value ? "true" : "false") }
}
