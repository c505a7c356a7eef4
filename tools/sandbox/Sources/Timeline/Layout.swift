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
        var width: Double
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
        var row: [(piece: Piece, width: Double)] = []
        for piece in pieces {
            let width = Self.naturalWidth(piece)
            if !row.isEmpty, Self.total(row.map(\.width) + [width]) > Self.width {
                rows.append(Self.place(row))
                row = []
            }
            row.append((piece, width))
        }
        if !row.isEmpty { rows.append(Self.place(row)) }
    }

    private static func naturalWidth(_ piece: Piece) -> Double {
        switch piece {
        // Wide enough for its heading, and for one row.
        case .episode(_, let scale): min(max(scale.width, 110), width)
        case .gap: gapWidth
        }
    }

    private static func total(_ widths: [Double]) -> Double {
        widths.reduce(0, +) + spacing * Double(widths.count - 1)
    }

    /// Gives each its place; episodes are stretched so that the row is filled, within reason.
    private static func place(_ row: [(piece: Piece, width: Double)]) -> [Placed] {
        let gaps = Double(row.count { if case .gap = $0.piece { true } else { false } }) * gapWidth
        let fixed = spacing * Double(row.count - 1) + gaps
        let stretch = max(1, min(1.8, (width - fixed) / max(1, total(row.map(\.width)) - fixed)))
        var x = left
        return row.map { piece, natural in
            var placed = natural
            if case .episode = piece { placed *= stretch }
            defer { x += placed + spacing }
            return Placed(piece: piece, x: x, width: placed)
        }
    }
}
