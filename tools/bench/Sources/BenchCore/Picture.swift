import Charts

/// A drawing as SVG, and the name of its file.
package struct Picture: Equatable, Sendable {
    package let file: String
    package let svg: String

    init(file: String, _ svg: SVG) {
        self.file = file
        self.svg = svg.document
    }
}

extension SVG {
    /// A document with a title, and a line below it, at its top.
    init(width: Double, height: Double, title: String, subtitle: String) {
        self.init(width: width, height: height)
        write(title, 24, 34, size: 17, isBold: true)
        write(subtitle, 24, 56, size: 12, color: Ink.faint)
    }
}
