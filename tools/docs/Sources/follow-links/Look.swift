/// What a browser sees of a page.
struct Look: Decodable {
    /// Why the page cannot be seen; nil where it can.
    var problem: String?
    /// Where its links lead, as absolute URLs.
    var links: [String] = []
    /// The places in it that a link may name.
    var anchors: [String] = []
    /// The pictures that cannot be had.
    var lostPictures: [String] = []
}
