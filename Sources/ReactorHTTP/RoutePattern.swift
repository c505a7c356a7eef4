/// A path with places for what varies: `/users/:id/files/*`.
///
/// A segment `:name` stands for one segment that is not empty, `*` at the end for the rest of the path, which may be empty or have
/// several segments. Everything else is itself, byte by byte, as it was sent: nothing is percent-decoded before it is compared, so
/// that `%2F` never separates segments.
package struct RoutePattern {
    private let text: ByteView

    /// A pattern; it begins with a slash, a parameter has a name, and a star is the last segment: anything else traps.
    package init(_ pattern: StaticString) {
        text = ByteView(pattern)
        precondition(text.starts(with: "/"), "a route begins with a slash")
        var segments = Segments(text)
        while let segment = segments.next() {
            precondition(!(segment == ":"), "a parameter without a name")
            precondition(!(segment == "*") || segments.isAtEnd, "a star that is not the last segment")
        }
    }

    package func matches(_ path: ByteView) -> Bool {
        var wanted = Segments(text)
        var given = Segments(path)
        while let segment = wanted.next() {
            if segment == "*" { return !given.isAtEnd }
            guard let other = given.next() else { return false }
            if segment.starts(with: ":") ? other.isEmpty : !(segment == other) { return false }
        }
        return given.isAtEnd
    }

    /// The part of a path, which the pattern matches, where the pattern has the parameter, or the star.
    package func value(of parameter: ByteView, in path: ByteView) -> ByteView? {
        var wanted = Segments(text)
        var given = Segments(path)
        while let segment = wanted.next() {
            if segment == "*" { return parameter == "*" ? given.rest : nil }
            guard let other = given.next() else { return nil }
            if segment.starts(with: ":"), segment.dropFirst(1) == parameter { return other }
        }
        return nil
    }

    /// The segments of a path, one after another: two of `/a/`, of which the last is empty.
    private struct Segments {
        /// The rest that is left, without the slash before it.
        private(set) var rest: ByteView
        private(set) var isAtEnd: Bool

        init(_ path: ByteView) {
            isAtEnd = !path.starts(with: "/")
            rest = isAtEnd ? path : path.dropFirst(1)
        }

        mutating func next() -> ByteView? {
            guard !isAtEnd else { return nil }
            guard let slash = rest.firstIndex(of: 0x2F) else {
                isAtEnd = true
                return rest
            }
            let segment = rest[0..<slash]
            rest = rest.dropFirst(slash + 1)
            return segment
        }
    }
}
