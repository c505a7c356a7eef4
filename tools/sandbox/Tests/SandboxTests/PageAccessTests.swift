import Sandbox
import SandboxPage
import Testing

/// Requests that reach the page at port 9000, and others.
@Suite struct PageAccessTests {
    struct Case: Sendable {
        var host: StaticString?
        var origin: StaticString?
        var site: StaticString?
        /// `Sec-Fetch-Mode` and `Sec-Fetch-Dest` of a link that is followed.
        var isNavigation = false
        /// True if the page itself is asked for, which says nothing of the function.
        var isPublic = false
        var isAdmitted: Bool
        var port: UInt16 = 9000
    }

    @Test(arguments: [
        // Programs that are no browsers.
        Case(host: "localhost:9000", isAdmitted: true), Case(host: "LOCALHOST:9000", isAdmitted: true),
        Case(host: "127.0.0.1:9000", isAdmitted: true), Case(host: "127.1.2.3:9000", isAdmitted: true),
        Case(host: "[::1]:9000", isAdmitted: true), Case(host: "[::ffff:127.0.0.1]:9000", isAdmitted: true),
        // Names that others can have lead here, other machines, other ports.
        Case(host: nil, isAdmitted: false), Case(host: "", isAdmitted: false),
        Case(host: "rebound.example:9000", isAdmitted: false), Case(host: "a.localhost:9000", isAdmitted: false),
        Case(host: "localhost.:9000", isAdmitted: false), Case(host: "localhost.example:9000", isAdmitted: false),
        Case(host: "127.0.0.1.example:9000", isAdmitted: false), Case(host: "127.0.0.1.:9000", isAdmitted: false),
        Case(host: "0.0.0.0:9000", isAdmitted: false), Case(host: "192.0.2.1:9000", isAdmitted: false),
        Case(host: "[2001:db8::1]:9000", isAdmitted: false), Case(host: "[::1", isAdmitted: false),
        Case(host: "127.1:9000", isAdmitted: false), Case(host: ".:9000", isAdmitted: false),
        Case(host: "localhost:9001", isAdmitted: false), Case(host: "localhost", isAdmitted: false),
        Case(host: "localhost:", isAdmitted: false), Case(host: "localhost:9000:9000", isAdmitted: false),
        Case(host: "localhost", isAdmitted: true, port: 80),
        // The page's own requests, and addresses that are typed.
        Case(host: "localhost:9000", origin: "http://localhost:9000", site: "same-origin", isAdmitted: true),
        Case(host: "localhost:9000", origin: "http://localhost:9000", isAdmitted: true),
        Case(host: "localhost:9000", site: "none", isNavigation: true, isAdmitted: true),
        // Those of other pages.
        Case(host: "localhost:9000", origin: "http://127.0.0.1:9000", isAdmitted: false),
        Case(host: "localhost:9000", origin: "http://localhost:3000", isAdmitted: false),
        Case(host: "localhost:9000", origin: "https://localhost:9000", isAdmitted: false),
        Case(host: "localhost:9000", origin: "null", isAdmitted: false),
        Case(host: "localhost:9000", origin: "", isAdmitted: false),
        Case(host: "localhost:9000", site: "same-site", isAdmitted: false),
        Case(host: "localhost:9000", site: "cross-site", isAdmitted: false),
        Case(host: "localhost:9000", site: "", isAdmitted: false),
        // A link to the page may be followed, and to nothing else.
        Case(host: "localhost:9000", site: "cross-site", isNavigation: true, isAdmitted: false),
        Case(host: "localhost:9000", site: "cross-site", isNavigation: true, isPublic: true, isAdmitted: true),
        Case(host: "localhost:9000", site: "cross-site", isPublic: true, isAdmitted: false),
        Case(host: "rebound.example:9000", site: "none", isNavigation: true, isPublic: true, isAdmitted: false),
    ])
    func onlyThisMachineAndTheSameOrigin(_ it: Case) {
        var fields = PageAccess.Fields()
        fields.host = it.host.map { ByteView($0) }
        fields.origin = it.origin.map { ByteView($0) }
        fields.site = it.site.map { ByteView($0) }
        if it.isNavigation { (fields.mode, fields.destination) = ("navigate", "document") }
        #expect(PageAccess(port: it.port).admits(fields, isPublic: it.isPublic) == it.isAdmitted)
    }
}
