import ArgumentParser
import Foundation
import Version

@main struct FollowLinks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow-links",
        abstract: "Opens every page of a site of documentation in a browser, and fails where a link leads nowhere.",
        version: "follow-links \(postinvokeVersion)")

    @Option(help: "The browser: Chromium, or one that is controlled like it.")
    var browser = "chromium"

    @Option(help: "A folder for what the browser writes.", completion: .directory)
    var scratch: String

    @Argument(help: "The folder of the site.", completion: .directory)
    var folder: String

    func run() throws {
        let site = Site(folder: URL(filePath: folder, directoryHint: .isDirectory))
        let server = try Server(of: folder, deadline: .now + .seconds(10))
        // It ends with its object.
        let crawl = try withExtendedLifetime(server) { try followAll(of: site, at: server.origin) }
        print("\(crawl.pageCount) pages, \(crawl.linkCount) links, \(crawl.outside.count) of them to other servers")
        for fault in crawl.faults { print(fault) }
        if !crawl.faults.isEmpty { throw ExitCode.failure }
    }

    private func followAll(of site: Site, at origin: String) throws -> Crawl {
        var reader = try Reader(
            browser: Browser(program: browser, folder: URL(filePath: scratch).standardizedFileURL.path), origin: origin)
        var crawl = Crawl(origin: origin)
        crawl.follow(origin + "/documentation", from: "the front page")
        for path in try site.sidebar() { crawl.follow(origin + path, from: "the sidebar") }
        let pages = site.pages()
        while let page = crawl.next() {
            guard pages.contains(page.removingPercentEncoding ?? page) else {
                crawl.add(Look(problem: "there is no such page"), of: page)
                continue
            }
            // Modules are opened as somebody would who has their address, all else as by a link.
            let isModule = page.count { $0 == "/" } <= 2
            let (look, complaints) = try reader.open(page, isAnew: isModule)
            crawl.add(look, of: page, complaints: complaints)
        }
        crawl.finish(pages: pages)
        return crawl
    }
}
