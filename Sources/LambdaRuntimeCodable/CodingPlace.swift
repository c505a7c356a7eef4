/// A place in a document in words.
enum CodingPlace {
    /// Such as ` at items[2].price`; nothing for the whole of the document.
    static func words(for codingPath: [any CodingKey]) -> String {
        guard !codingPath.isEmpty else { return "" }
        var path = ""
        for key in codingPath {
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
        return " at \(path)"
    }
}

extension String {
    /// Others' sentences as a part of ours.
    var withoutFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
