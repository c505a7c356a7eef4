/// A page in Markdown that has places for figures, so that none is ever copied by hand: what stands between
/// `<!-- NAME -->` and `<!-- end of NAME -->`, each on a line of its own.
package struct MarkedPage: Sendable {
    /// The page as it stands.
    package private(set) var text: String

    package init(_ text: String) { self.text = text }

    /// There is not exactly one such place.
    package struct NoPlace: Error, CustomStringConvertible {
        package let name: String
        package var description: String { "the page has no place of its own for \(name)" }
    }

    /// Puts `content`, with an empty line above and below, into a place, instead of what was there.
    ///
    /// - Throws: ``NoPlace``.
    package mutating func fill(_ name: String, with content: String) throws(NoPlace) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let begins = lines.indices.filter { lines[$0] == "<!-- \(name) -->" }
        let ends = lines.indices.filter { lines[$0] == "<!-- end of \(name) -->" }
        guard begins.count == 1, ends.count == 1, begins[0] < ends[0] else { throw NoPlace(name: name) }
        let filled = lines[...begins[0]] + ["", Substring(content), ""] + lines[ends[0]...]
        text = filled.joined(separator: "\n")
    }
}
