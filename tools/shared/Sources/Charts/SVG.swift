/// An SVG document in the making: elements in order, each on a line of its own.
package struct SVG {
    private var text: String

    /// A document of a size in points, on paper of its own, so that it can be read on light and dark pages alike.
    package init(width: Double, height: Double) {
        text =
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width.short)\" height=\"\(height.short)\""
            + " viewBox=\"0 0 \(width.short) \(height.short)\" font-family=\"system-ui, 'Segoe UI', Helvetica, Arial,"
            + " 'DejaVu Sans', sans-serif\">\n<rect width=\"100%\" height=\"100%\" rx=\"10\" fill=\"\(Ink.paper)\"/>\n"
    }

    /// A picture within a page, whose style gives the colours and fonts; it is as wide as there is room.
    package init(inPage width: Double, by height: Double, title: String) {
        text = "<svg viewBox=\"0 0 \(width.short) \(height.short)\" role=\"img\"><title>\(title.escaped)</title>\n"
    }

    /// All of it, closed.
    package var document: String { text + "</svg>\n" }

    /// Adds what a body draws, lower by a distance.
    package mutating func move(down distance: Double, _ body: (inout SVG) -> Void) {
        if distance != 0 { text += "<g transform=\"translate(0 \(distance.short))\">\n" }
        body(&self)
        if distance != 0 { text += "</g>\n" }
    }

    /// Adds an element; attributes that are nil are left out.
    ///
    /// - Parameters:
    ///   - content: the text inside it, which is escaped.
    ///   - title: what is shown where a pointer rests on it.
    package mutating func add(
        _ name: String, _ attributes: KeyValuePairs<String, (any SVGValue)?>, content: String = "", title: String? = nil
    ) {
        text += "<" + name
        for case (let key, let value?) in attributes { text += " \(key)=\"\(value.svg)\"" }
        let inside = (title.map { "<title>\($0.escaped)</title>" } ?? "") + content.escaped
        text += inside.isEmpty ? "/>\n" : ">\(inside)</\(name)>\n"
    }

    /// - Parameter dash: the lengths of dashes and gaps of its outline; nil for none.
    package mutating func rectangle(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: String, line: String? = nil,
        lineWidth: Double? = nil, radius: Double = 2.5, dash: String? = nil, title: String? = nil
    ) {
        add(
            "rect",
            [
                "x": x, "y": y, "width": width, "height": height, "rx": radius, "fill": fill, "stroke": line,
                "stroke-width": lineWidth, "stroke-dasharray": dash,
            ], title: title)
    }

    package mutating func line(
        _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ color: String, width: Double = 1
    ) {
        add("line", ["x1": x1, "y1": y1, "x2": x2, "y2": y2, "stroke": color, "stroke-width": width])
    }

    /// - Parameter marker: the definition that is drawn at its end, as `arrowhead(_:)` makes one.
    package mutating func path(
        _ path: String, fill: String = "none", opacity: String? = nil, line: String? = nil, lineWidth: Double? = nil,
        marker: String? = nil, title: String? = nil
    ) {
        add(
            "path",
            [
                "d": path, "fill": fill, "fill-opacity": opacity, "stroke": line, "stroke-width": lineWidth,
                "marker-end": marker.map { "url(#\($0))" },
            ], title: title)
    }

    package mutating func write(
        _ words: String, _ x: Double, _ y: Double, size: Double? = 11, color: String? = Ink.text,
        anchor: String? = "start", isBold: Bool = false
    ) {
        add(
            "text",
            [
                "x": x, "y": y, "font-size": size, "fill": color, "text-anchor": anchor,
                "font-weight": isBold ? "600" : nil,
            ], content: words)
    }

    /// Defines the head of an arrow in a colour, as the marker `tip`.
    package mutating func defineArrowhead(_ color: String) {
        text +=
            "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\""
            + " orient=\"auto\"><path d=\"M0 0.8L7.5 4L0 7.2z\" fill=\"\(color)\"/></marker></defs>\n"
    }

    /// Defines the fill `ice`, for what is frozen.
    package mutating func defineIce() {
        text +=
            "<defs><pattern id=\"ice\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\""
            + " patternTransform=\"rotate(45)\"><rect width=\"7\" height=\"7\" fill=\"#eef6fc\"/>"
            + "<rect width=\"2\" height=\"7\" fill=\"#c9e1f3\"/></pattern></defs>\n"
    }

    /// About how wide a text is, in the wider of the usual fonts.
    package static func width(of words: String, size: Double = 11, isBold: Bool = false) -> Double {
        Double(words.count) * size * (isBold ? 0.63 : 0.56)
    }
}

package protocol SVGValue {
    var svg: String { get }
}

extension String: SVGValue {
    package var svg: String { escaped }
}

extension Double: SVGValue {
    package var svg: String { short }
}

extension String {
    /// The text as XML and HTML have it.
    package var escaped: String {
        var escaped = ""
        for character in unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            // XML 1.0, section 2.2: control characters cannot even be escaped.
            case "\u{0}"..."\u{1F}": escaped += " "
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
