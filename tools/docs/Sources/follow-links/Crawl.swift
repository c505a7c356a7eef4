import Foundation

/// The links of a site: which pages are still to be opened, and which links lead nowhere. A page is named by its path, without
/// a slash at the end.
struct Crawl {
    /// The faults, in the order in which they were found.
    private(set) var faults: [String] = []
    /// The links that lead to another server, which are not followed.
    private(set) var outside: Set<String> = []
    /// The links found, each counted once a page.
    private(set) var linkCount = 0

    private let origin: String
    private var waiting: [String] = []
    private var opened = 0
    /// The pages that lead to a page, in the order in which they were found.
    private var sources: [String: [String]] = [:]
    private var anchors: [String: Set<String>] = [:]
    private var fragments: [(page: String, anchor: String, source: String)] = []

    /// - Parameter origin: scheme, host and port, as in `http://127.0.0.1:8000`.
    init(origin: String) { self.origin = origin }

    /// The next page to be opened; nil when all have been.
    mutating func next() -> String? {
        guard opened < waiting.count else { return nil }
        defer { opened += 1 }
        return waiting[opened]
    }

    /// The number of pages that could be seen.
    var pageCount: Int { anchors.count }

    /// Takes in what a page looks like, and what the browser complained about meanwhile.
    mutating func add(_ look: Look, of page: String, complaints: [String] = []) {
        if let problem = look.problem {
            let sources = sources[page] ?? []
            let others = sources.count > 1 ? " and \(sources.count - 1) more" : ""
            faults.append("\(page) leads nowhere (\(problem)), linked from \(sources.first ?? "nowhere")\(others)")
            return
        }
        anchors[page] = Set(look.anchors)
        faults += complaints.map { "\(page): \($0)" }
        faults += look.lostPictures.map { "\(page): no picture at \($0)" }
        for link in Set(look.links).sorted() { follow(link, from: page) }
    }

    /// Takes in a link, an absolute URL, that a page has.
    mutating func follow(_ link: String, from source: String) {
        linkCount += 1
        guard link.hasPrefix(origin + "/") else {
            if link.hasPrefix("https://") || link.hasPrefix("http://") {
                outside.insert(link)
            } else {
                faults.append("\(source): \(link) is no address of a page")
            }
            return
        }
        let parts = link.dropFirst(origin.count).split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        var page = String(parts[0].prefix { $0 != "?" })
        while page.count > 1, page.hasSuffix("/") { page.removeLast() }
        if sources[page] == nil { waiting.append(page) }
        if sources[page]?.contains(source) != true { sources[page, default: []].append(source) }
        if parts.count > 1, !parts[1].isEmpty { fragments.append((page, String(parts[1]), source)) }
    }

    /// Looks at what can be judged only when every page has been opened.
    ///
    /// - Parameter pages: those that the site has.
    mutating func finish(pages: some Sequence<String>) {
        for (page, anchor, source) in fragments {
            // That the page is not there has been said.
            guard let anchors = anchors[page], !anchors.contains(anchor.removingPercentEncoding ?? anchor) else {
                continue
            }
            faults.append("\(source): \(page)#\(anchor) leads to no place in that page")
        }
        let opened = Set(anchors.keys.map { $0.removingPercentEncoding ?? $0 })
        for page in pages.sorted() where !opened.contains(page) && sources[page] == nil {
            faults.append("\(page): no link leads to it")
        }
    }
}
