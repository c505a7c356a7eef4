import Testing
@testable import follow_links

@Suite struct CrawlTests {
    private let origin = "http://127.0.0.1:8000"

    /// Opens every page of a site that is a table: a page, and the page's links and anchors.
    private func crawl(_ site: [String: (links: [String], anchors: [String])], having pages: [String]? = nil) -> Crawl {
        var crawl = Crawl(origin: origin)
        crawl.follow(origin + "/a/", from: "the start")
        while let page = crawl.next() {
            let found = site[page]
            let links = found?.links.map { $0.hasPrefix("/") ? origin + $0 : $0 } ?? []
            let problem = found == nil ? "status 404" : nil
            crawl.add(Look(problem: problem, links: links, anchors: found?.anchors ?? []), of: page)
        }
        crawl.finish(pages: pages ?? Array(site.keys))
        return crawl
    }

    @Test func everyPageIsOpenedOnce() {
        let crawl = crawl(["/a": (["/b", "/b/", "/b?language=swift", "/a"], []), "/b": (["/a"], [])])
        #expect(crawl.faults == [])
        #expect(crawl.pageCount == 2)
    }

    @Test func aLinkToNowhereIsNamedWithWhoHasIt() {
        let crawl = crawl(["/a": (["/b", "/c"], []), "/b": (["/c", "/c/"], [])])
        #expect(crawl.faults == ["/c leads nowhere (status 404), linked from /a and 1 more"])
        #expect(crawl.pageCount == 2)
    }

    @Test(arguments: [("#here", true), ("#there", false), ("#", true), ("#na%C3%AFve", true), ("", true)])
    func aPlaceInAPageMustBeThere(fragment: String, isThere: Bool) {
        let crawl = crawl(["/a": (["/b/" + fragment], []), "/b": ([], ["here", "naïve"])])
        #expect(crawl.faults == (isThere ? [] : ["/a: /b\(fragment) leads to no place in that page"]))
    }

    @Test func otherServersAreCountedAndOtherSchemesRefused() {
        let crawl = crawl(["/a": (["https://www.rfc-editor.org/rfc/rfc9112", "http://127.0.0.1:80/a", "doc:/b"], [])])
        #expect(crawl.faults == ["/a: doc:/b is no address of a page"])
        #expect(crawl.outside.count == 2)
    }

    @Test func aPageThatNoLinkLeadsToIsNamed() {
        let site = ["/a": (links: ["/b(_:)"], anchors: [String]()), "/b(_:)": ([], [])]
        #expect(crawl(site).faults == [])
        #expect(crawl(site, having: ["/a", "/b(_:)", "/c"]).faults == ["/c: no link leads to it"])
    }

    @Test func whatTheBrowserComplainsAboutIsNamedWithThePage() {
        var crawl = Crawl(origin: origin)
        crawl.follow(origin + "/a", from: "the start")
        let page = crawl.next()!
        crawl.add(Look(lostPictures: ["/p.svg"]), of: page, complaints: ["TypeError: x is undefined"])
        crawl.finish(pages: [])
        #expect(crawl.faults == ["/a: TypeError: x is undefined", "/a: no picture at /p.svg"])
    }
}
