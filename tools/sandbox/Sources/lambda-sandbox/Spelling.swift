/// Finds the word that somebody may have meant.
enum Spelling {
    /// The word that the fewest changes lead to; nil where they would change too much of it.
    static func nearest(to word: String, among words: [String]) -> String? {
        let distances = words.map { (word: $0, distance: distance(word.lowercased(), $0.lowercased())) }
        guard let nearest = distances.min(by: { $0.distance < $1.distance }) else { return nil }
        return nearest.distance <= max(1, nearest.word.count / 3) ? nearest.word : nil
    }

    /// The number of characters to put in, take away, change, or swap with their neighbors.
    private static func distance(_ from: String, _ to: String) -> Int {
        let (from, to) = (Array(from), Array(to))
        var rows = [Array(0...to.count)]
        for i in from.indices {
            var row = [i + 1]
            for j in to.indices {
                var least = min(row[j] + 1, rows[i][j + 1] + 1, rows[i][j] + (from[i] == to[j] ? 0 : 1))
                if i > 0, j > 0, from[i] == to[j - 1], from[i - 1] == to[j] {
                    least = min(least, rows[i - 1][j - 1] + 1)
                }
                row.append(least)
            }
            rows.append(row)
        }
        return rows[from.count][to.count]
    }
}
