import Charts

/// The modules as boxes, the arrows between them as curves.
struct Architecture {
    let description: Description
    private let box = (width: 182.0, height: 46.0)
    private let step = (column: 198.0, row: 92.0)
    private let margin = 24.0
    private let top = 60.0

    func draw() -> String {
        let modules = description.modules
        let width = (modules.map(\.column).max() ?? 0) * step.column + box.width + 2 * margin
        let height = (modules.map(\.row).max() ?? 0) * step.row + box.height + top + 52
        var svg = SVG(width: width, height: height)
        svg.defineArrowhead(Ink.faint)
        legend(&svg)
        for module in modules {
            for name in module.imports {
                if let other = modules.first(where: { $0.name == name }) { arrow(module, other, &svg) }
            }
        }
        for module in modules { draw(module, &svg) }
        svg.write(description.caption, margin, height - 18, size: 12, color: Ink.faint)
        return svg.document
    }

    private func place(_ module: Description.Module) -> (x: Double, y: Double) {
        (margin + module.column * step.column, top + module.row * step.row)
    }

    private func draw(_ module: Description.Module, _ svg: inout SVG) {
        let (x, y) = place(module)
        let colors = colors(of: module.kind)
        svg.rectangle(
            x, y, box.width, box.height, fill: colors.fill, line: colors.line, lineWidth: 1.4, radius: 6,
            dash: module.kind == .optional ? "5 3" : nil)
        svg.write(module.name, x + box.width / 2, y + 20, size: 12.5, anchor: "middle", isBold: true)
        svg.write(module.words, x + box.width / 2, y + 36, size: 11, color: "#3b4552", anchor: "middle")
    }

    /// From the side of one box that looks at the other: below, or beside in the same row.
    private func arrow(_ module: Description.Module, _ other: Description.Module, _ svg: inout SVG) {
        let (from, to) = (place(module), place(other))
        let path: String
        if module.row == other.row {
            let isLeft = to.x < from.x
            let (x1, x2) = (isLeft ? from.x : from.x + box.width, isLeft ? to.x + box.width : to.x)
            let y = from.y + box.height / 2
            path = "M\(x1.short) \(y.short)L\(x2.short) \(y.short)"
        } else {
            // Arrows leave and arrive side by side, in the order of where they go to and come from.
            let x1 = from.x + box.width * share(of: other, among: targets(of: module))
            let x2 = to.x + box.width * share(of: module, among: sources(of: other))
            let (y1, y2) = (from.y + box.height, to.y - 2)
            let bend = min(46, (y2 - y1) * 0.6)
            path =
                "M\(x1.short) \(y1.short)C\(x1.short) \((y1 + bend).short) \(x2.short) \((y2 - bend).short)"
                + " \(x2.short) \(y2.short)"
        }
        svg.path(path, line: Ink.faint, lineWidth: 1.3, marker: "tip")
    }

    private func targets(of module: Description.Module) -> [Description.Module] {
        description.modules.filter { module.imports.contains($0.name) && $0.row != module.row }
    }

    private func sources(of module: Description.Module) -> [Description.Module] {
        description.modules.filter { $0.imports.contains(module.name) && $0.row != module.row }
    }

    private func share(of module: Description.Module, among modules: [Description.Module]) -> Double {
        let sorted = modules.sorted { $0.column < $1.column }
        let index = sorted.firstIndex { $0.name == module.name } ?? 0
        return (Double(index) + 1) / Double(sorted.count + 1)
    }

    private func legend(_ svg: inout SVG) {
        var x = margin
        for kind in Description.Module.Kind.allCases {
            let colors = colors(of: kind)
            svg.rectangle(
                x, 18, 18, 13, fill: colors.fill, line: colors.line, dash: kind == .optional ? "4 2" : nil)
            svg.write(colors.words, x + 25, 29, size: 12)
            x += 25 + SVG.width(of: colors.words, size: 12) + 22
        }
    }

    private func colors(of kind: Description.Module.Kind) -> (fill: String, line: String, words: String) {
        switch kind {
        case .product: ("#dcc6f7", "#8250c4", "products")
        case .lambda: ("#ffe0b8", "#c98a16", "Lambda's APIs")
        case .mechanism: ("#c3ddfb", "#2f72bd", "mechanism: descriptors, clocks, threads")
        case .pure: ("#d5f0e3", "#12805c", "pure: bytes and values")
        case .optional: ("#f0f2f5", "#7b8694", "optional")
        }
    }
}
