import Glibc

/// Where the moments of an episode stand on the paper.
///
/// A millisecond and a minute must both be seen, so a stretch in which nothing changes is as wide as the logarithm of its
/// length: order and simultaneity are kept, proportions are not.
package struct Scale: Sendable {
    private let boundaries: [Moment]
    private let places: [Double]

    /// Points for each doubling beyond the first millisecond.
    private static let unit = 34.0

    /// The places of an episode's boundaries, its start at zero.
    init(_ boundaries: [Moment]) {
        self.boundaries = boundaries
        var places: [Double] = []
        var place = 0.0
        for (index, moment) in boundaries.enumerated() {
            if index > 0 { place += Self.width(moment - boundaries[index - 1]) }
            places.append(place)
        }
        self.places = places
    }

    /// The width of a stretch in which nothing changes.
    package static func width(_ duration: Duration) -> Double {
        unit * log2(1 + max(0, duration.milliseconds))
    }

    /// The width of the whole episode.
    var width: Double { places.last ?? 0 }

    /// Where a boundary stands; the nearest earlier one for a moment that is none.
    func place(_ moment: Moment) -> Double {
        var low = 0
        var high = boundaries.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if boundaries[middle] <= moment { low = middle } else { high = middle }
        }
        return places.isEmpty ? 0 : places[low]
    }
}
