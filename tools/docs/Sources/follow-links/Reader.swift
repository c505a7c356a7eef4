import Foundation

/// Opens the pages of a site in a browser.
struct Reader {
    let browser: Browser
    let origin: String
    /// False until a page is open from which links can be followed.
    private var isOpen = false

    init(browser: Browser, origin: String) {
        self.browser = browser
        self.origin = origin
    }

    /// Opens a page: as a link from another page does, or anew where there is none, and where `isAnew`.
    mutating func open(_ page: String, isAnew: Bool) throws -> (look: Look, complaints: [String]) {
        let isAnew = isAnew || !isOpen
        if isAnew { try browser.load(origin + page) }
        let path = try isAnew ? "null" : String(decoding: JSONEncoder().encode(page), as: UTF8.self)
        let text = try browser.evaluate("(\(Self.script))(\(path))")
        let look = try JSONDecoder().decode(Look.self, from: Data(text.utf8))
        isOpen = look.problem == nil
        return (look, browser.takeComplaints())
    }

    /// A page has its title last, and one that is not there an element that says so.
    private static let script = #"""
        async (path) => {
          const seen = (look) => JSON.stringify({links: [], anchors: [], lostPictures: [], ...look});
          if (path !== null) {
            document.title = "";
            history.pushState(null, "", path);
            dispatchEvent(new PopStateEvent("popstate"));
          }
          const state = await new Promise((done) => {
            const start = Date.now();
            const end = (problem) => {
              observer.disconnect();
              clearInterval(timer);
              done(problem);
            };
            const look = () => {
              if (document.querySelector(".generic-error")) end("the page says that there is none");
              else if (document.title && document.querySelector("main h1")) end(null);
              else if (Date.now() - start > 30000) end("nothing appears");
            };
            const timer = setInterval(look, 100);
            const observer = new MutationObserver(look);
            // There is no head yet where the page has only begun to come.
            observer.observe(document.head ?? document, {subtree: true, childList: true, characterData: true});
            look();
          });
          if (state) return seen({problem: state});
          const all = (root, selector) => root ? [...root.querySelectorAll(selector)] : [];
          const header = document.querySelector("custom-header")?.shadowRoot;
          const pictures = all(document, "img").map((image) => image.currentSrc || image.src);
          const answers = await Promise.all(pictures.map(async (url) => (await fetch(url)).ok));
          return seen({
            links: [...all(document, "a[href]"), ...all(header, "a[href]")].map((link) => link.href),
            anchors: all(document, "[id]").map((element) => element.id),
            lostPictures: pictures.filter((_, index) => !answers[index]),
          });
        }
        """#
}
