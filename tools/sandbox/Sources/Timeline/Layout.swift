/// Which part of the picture stands where: episodes side by side in rows, like words in lines.
struct Layout {
    /// A part of a row.
    enum Piece {
        case episode(Episode, Scale)
        /// Where episodes were left out.
        case gap
    }

    struct Placed {
        var piece: Piece
        var x: Double
        /// The width of its lanes.
        var width: Double

        /// The place of a moment of an episode.
        func x(of moment: Moment, _ scale: Scale) -> Double {
            x + scale.place(moment) * (scale.width > 0 ? width / scale.width : 1)
        }
    }

    /// Where lanes begin, right of their names.
    static let left = 128.0
    /// The width of a row's lanes.
    static let width = 1072.0
    static let gapWidth = 240.0
    static let spacing = 10.0

    private(set) var rows: [[Placed]] = []

    init(first: [Episode], hasGap: Bool, last: [Episode]) {
        var pieces = first.map { Piece.episode($0, Scale($0.boundaries)) }
        if hasGap { pieces.append(.gap) }
        pieces += last.map { .episode($0, Scale($0.boundaries)) }
        var row: [Measured] = []
        for piece in pieces {
            let measured = Measured(piece)
            if !row.isEmpty, Self.total(row + [measured]) > Self.width {
                rows.append(Self.place(row))
                row = []
            }
            row.append(measured)
        }
        if !row.isEmpty { rows.append(Self.place(row)) }
    }

    private struct Measured {
        var piece: Piece
        /// The width of its lanes before they are stretched.
        var width: Double
        /// The room right of its lanes that its words need, so that what comes next does not stand on them.
        var tail = 0.0

        init(_ piece: Piece) {
            self.piece = piece
            guard case .episode(let episode, let scale) = piece else {
                width = Layout.gapWidth
                return
            }
            var words = episode.marks.map { (at: $0.at, width: RowDrawing.reach(of: $0)) }
            if let started = episode.started { words.append((started, RowDrawing.headingWidth(of: episode) + 12)) }
            width = max(scale.width, 60)
            tail = words.map { $0.width - (scale.width - scale.place($0.at)) }.max().map { max(0, $0) } ?? 0
            guard width + tail > Layout.width else { return }
            // It has a row of its own, and is squeezed into it.
            tail = words.map(\.width).max() ?? 0
            width = Layout.width - tail
        }
    }

    private static func total(_ row: [Measured]) -> Double {
        row.reduce(0) { $0 + $1.width + $1.tail } + spacing * Double(row.count - 1)
    }

    /// Gives each its place; episodes are stretched so that the row is filled, within reason.
    private static func place(_ row: [Measured]) -> [Placed] {
        let elastic = row.reduce(0) { if case .episode = $1.piece { $0 + $1.width } else { $0 } }
        let stretch = max(1, min(1.8, (width - total(row) + elastic) / max(1, elastic)))
        var x = left
        return row.map { measured in
            var placed = measured.width
            if case .episode = measured.piece { placed *= stretch }
            defer { x += placed + measured.tail + spacing }
            return Placed(piece: measured.piece, x: x, width: placed)
        }
    }
}
