import Bytes

/// The fields of a head or trailer section, in the order they came: a view, valid until the bytes or the
/// ``FieldTable`` it was made from change.
public struct HTTPFields {
    private let bytes: ByteView
    private let lines: UnsafeBufferPointer<FieldLine>

    init(bytes: ByteView, lines: UnsafeBufferPointer<FieldLine>) {
        self.bytes = bytes
        self.lines = lines
    }

    /// No fields.
    public static var empty: HTTPFields { HTTPFields(bytes: .empty, lines: UnsafeBufferPointer(start: nil, count: 0)) }

    /// The number of field lines.
    public var count: Int { lines.count }

    /// The name as it was sent and the value without blanks at either end; `index` is less than ``count``.
    public subscript(index: Int) -> (name: ByteView, value: ByteView) {
        let line = line(index)
        return (line.name(in: bytes), line.value(in: bytes))
    }

    /// The value of the first line with this name, in any case, or nil.
    public func first(_ name: StaticString) -> ByteView? {
        let wanted = ByteView(name)
        var index = 0
        while index < lines.count {
            if isNamed(wanted, index) { return line(index).value(in: bytes) }
            index &+= 1
        }
        return nil
    }

    /// Returns true if the comma-separated lists in all the lines with this name have `token` as a member, both in any
    /// case.
    public func contains(_ name: StaticString, token: StaticString) -> Bool {
        let wanted = ByteView(name)
        let member = ByteView(token)
        for index in 0..<lines.count where isNamed(wanted, index) {
            if CommaList.contains(line(index).value(in: bytes), member) { return true }
        }
        return false
    }

    private func line(_ index: Int) -> FieldLine {
        precondition(index >= 0 && index < lines.count, "no field with this index")
        return lines[index]
    }

    private func isNamed(_ name: ByteView, _ index: Int) -> Bool {
        let line = line(index)
        return line.nameCount == name.count && line.name(in: bytes).equalsIgnoringCase(name)
    }
}
