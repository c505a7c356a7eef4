/// A page as a browser sees it.
struct Look: Decodable {
    /// The reason why the page cannot be seen; nil where it can.
    var problem: String?
    /// The absolute URLs that its links lead to.
    var links: [String] = []
    /// The places in it that a link may name.
    var anchors: [String] = []
    /// The pictures that cannot be had.
    var lostPictures: [String] = []
}
