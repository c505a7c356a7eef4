import ReactorHTTP

/// The first line of a script, as the kernel reads it (execve(2)). Pure.
package struct Script: Equatable {
    /// The most bytes of a file that the kernel looks at.
    package static let limit = 256

    /// The path of the interpreter; empty if there is none, nil if it does not end within the limit.
    package let interpreter: String?

    /// Reads the first bytes of a file; nil if it is no script.
    package init?(_ start: ByteView) {
        guard start.starts(with: "#!") else { return nil }
        let rest = start.array.prefix(Self.limit).dropFirst(2).drop(while: ASCII.isBlank)
        let path = rest.prefix { !ASCII.isBlank($0) && $0 != ASCII.lineFeed && $0 != 0 }
        // A file that ends is as good as a line that does.
        interpreter = path.endIndex == Self.limit ? nil : String(decoding: path, as: UTF8.self)
    }
}
