/// Single members of an answer, looked up when they are asked for: few are.
extension JSONReader {
    /// The text of an object's member, or of a member of the object that is its member `outer`; nil where there is none. Of
    /// members with the same name the last one counts, of a document with a fault what comes before it.
    static func text(_ name: StaticString, in outer: StaticString? = nil, of object: ByteView) -> JSONText? {
        var found: JSONText?
        var reader = JSONReader(object)
        do {
            guard try reader.entersObject() else { return nil }
            guard let outer else {
                try reader.readText(name, &found)
                return found
            }
            while case .key(let key) = try reader.next() {
                if key == outer {
                    if try reader.entersObject() { try reader.readText(name, &found) }
                } else {
                    try reader.skipValue()
                }
            }
        } catch {}
        return found
    }

    /// Reads an object that was entered to its end.
    private mutating func readText(_ name: StaticString, _ found: inout JSONText?) throws(JSONError) {
        while case .key(let key) = try next() {
            let text = try nextText()
            if key == name { found = text }
        }
    }
}
