extension JSONReader {
    /// The value that comes next if it is a string; nil, after passing over it, if it is another.
    ///
    /// - Throws: the ``JSONError`` of ``skipValue()``.
    public mutating func nextText() throws(JSONError) -> JSONText? {
        if case .string(let text) = try passValue() { return text }
        return nil
    }

    /// The value that comes next if it is a whole number of 64 bits; nil, after passing over it, if it is another.
    ///
    /// - Throws: the ``JSONError`` of ``skipValue()``.
    public mutating func nextInteger() throws(JSONError) -> Int64? {
        if case .number(let number) = try passValue() { return number.int64 }
        return nil
    }

    /// Enters the object that comes next; false, after passing over it, if the value is another.
    ///
    /// - Throws: the ``JSONError`` of ``next()`` or ``skipValue()``.
    public mutating func entersObject() throws(JSONError) -> Bool {
        let before = self
        if case .beginObject = try next() { return true }
        self = before
        try skipValue()
        return false
    }
}
