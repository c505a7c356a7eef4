/// A line chart as an SVG element that takes its colours from the page.
struct Chart {
    /// One line of it.
    struct Line {
        var name: String
        /// A class of the page's style: `a`, `b` or `c`.
        var color: String
        /// Places from 0 to 1, and values.
        var points: [(x: Double, y: Double)]
    }

    /// The layout of values.
    enum Scale { case linear, logarithmic }

    var title: String
    var scale: Scale
    var lines: [Line]
    /// A value on an axis.
    var format: (Double) -> String
    /// The words under the ends of the horizontal axis.
    var ends: (String, String)

    private static let width = 720.0
    private static let height = 230.0
    private static let left = 64.0
    private static let right = 14.0
    private static let top = 14.0
    private static let bottom = 26.0

    var svg: String {
        let values = lines.flatMap { $0.points.map(\.y) }
        guard let least = values.min(), let most = values.max() else { return "" }
        let ticks = ticks(least, most)
        var text =
            "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\"><title>\(title.asXML)</title>\n"
        for tick in ticks {
            let y = place(tick, ticks)
            text +=
                "<line class=\"grid\" x1=\"\(Self.left)\" y1=\"\(y.short)\" x2=\"\(Self.width - Self.right)\" y2=\"\(y.short)\"/>"
            text +=
                "<text x=\"\(Self.left - 8)\" y=\"\((y + 4).short)\" text-anchor=\"end\">\(format(tick).asXML)</text>\n"
        }
        let base = Self.height - 8
        text += "<text x=\"\(Self.left)\" y=\"\(base)\">\(ends.0.asXML)</text>"
        text += "<text x=\"\(Self.width - Self.right)\" y=\"\(base)\" text-anchor=\"end\">\(ends.1.asXML)</text>\n"
        for line in lines where !line.points.isEmpty {
            let points = line.points.map { "\(column($0.x).short),\(place($0.y, ticks).short)" }
            text +=
                "<polyline class=\"\(line.color)\" points=\"\(points.joined(separator: " "))\"><title>\(line.name.asXML)</title></polyline>\n"
        }
        return text + "</svg>"
    }

    /// The names of the lines, for below the title; none when there is only one.
    var legend: String {
        guard lines.count > 1 else { return "" }
        return "<p class=\"legend\">"
            + lines.map { "<span class=\"\($0.color)\"></span>\($0.name.asXML)" }.joined(separator: " ") + "</p>"
    }

    /// The whole figure.
    var html: String { "<figure><figcaption>\(title.asXML)</figcaption>\(legend)\(svg)</figure>\n" }

    private func column(_ place: Double) -> Double {
        Self.left + min(1, max(0, place)) * (Self.width - Self.left - Self.right)
    }

    private func place(_ value: Double, _ ticks: [Double]) -> Double {
        let low = transformed(ticks.first!)
        let high = transformed(ticks.last!)
        let share = high > low ? (transformed(value) - low) / (high - low) : 0
        return Self.height - Self.bottom - share * (Self.height - Self.bottom - Self.top)
    }

    private func transformed(_ value: Double) -> Double {
        switch scale {
        case .linear: value
        case .logarithmic: Self.logarithm(max(value, 1e-9))
        }
    }

    /// The decimal logarithm, as exactly as a picture needs it and without a library.
    private static func logarithm(_ value: Double) -> Double {
        // The mantissa's logarithm by the series of artanh, of which four terms are right to a millionth.
        let mantissa = value.significand / 2.squareRoot()
        let z = (mantissa - 1) / (mantissa + 1)
        let natural = 2 * z * (1 + z * z / 3 + z * z * z * z / 5 + z * z * z * z * z * z / 7)
        return (Double(value.exponent) + 0.5) * 0.301029995663981 + natural * 0.434294481903252
    }

    /// Round values from below the least to above the most.
    private func ticks(_ least: Double, _ most: Double) -> [Double] {
        switch scale {
        case .logarithmic:
            var tick = 1.0
            while tick > least, tick > 1e-6 { tick /= 10 }
            while tick * 10 <= least { tick *= 10 }
            var ticks = [tick]
            while tick < most || ticks.count < 2 {
                tick *= 10
                ticks.append(tick)
            }
            return ticks
        case .linear:
            // 1, 2, 5, 10 and so on, so that there are no more than five steps.
            var step = 1.0
            while most * 1.05 / step > 5 { step *= (step / 2).isDecimalPower ? 2.5 : 2 }
            return stride(from: 0, through: (most * 1.05 / step).rounded(.up) * step, by: step).map { $0 }
        }
    }
}

extension Double {
    /// With one decimal, and none where it would be zero.
    fileprivate var short: String {
        let tenths = Int((self * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
    }

    /// True if it is 1, 10, 100 and so on.
    fileprivate var isDecimalPower: Bool {
        var power = 1.0
        while power < self { power *= 10 }
        return power == self
    }
}

extension String {
    /// As XML and HTML have it.
    var asXML: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
