import ReactorHTTP
import Sandbox

/// A page that shows browsers of this machine what happens in a fleet: environments, invocations, logs, and the timeline.
///
/// It lives on the fleet's loop. Everything a browser needs is in `Web`; it hears of changes as server-sent events, and asks for what
/// it shows of one invocation or environment.
package final class Page {
    /// The address for browsers.
    package let url: String
    private let fleet: Fleet
    private let access: PageAccess
    private let history: PageHistory
    private var streams: [PageStream] = []
    private var timer: EventLoop.Timer!
    private var isDue = false
    /// The messages that lead to the newest version, by the one that a browser knows.
    private var messages: [UInt64?: PageStream.Message] = [:]
    /// Tells the versions of this history from those of an earlier one at the same address.
    private let run = UInt64.random(in: 0...UInt64.max)

    /// The time in which changes are gathered into one message.
    private static let pace = Duration.milliseconds(40)

    /// Adds a page for a fleet that has not started yet to the routes of a server; nil where others than this machine may ask.
    package init?(of fleet: Fleet, on server: InvokeServer) {
        guard server.address.isLoopback, let port = server.address.port else { return nil }
        self.fleet = fleet
        url = "http://\(server.address)/"
        access = PageAccess(port: port)
        history = PageHistory(settings: fleet.settings)
        timer = fleet.loop.makeTimer { [unowned self] in
            isDue = false
            for stream in streams { stream.push() }
        }
        fleet.onInvoke = { [unowned self] invocation in
            history.expect(invocation, at: WallClock.milliseconds)
            tell()
        }
        addRoutes(to: server.router)
    }

    /// Makes the observer that shows here what happens to an environment.
    package func observer(of sandbox: Sandbox) -> any Observer {
        history.add(environment: sandbox.number, logStream: sandbox.logStream)
        tell()
        return View(page: self, number: sandbox.number)
    }

    /// The caller of an invocation was refused since too many environments are at work, or too many events wait.
    package func refuse(_ id: String) {
        history.refuse(id)
        tell()
    }

    /// Shows what there is to say of the function's programs, which are built or start anew.
    ///
    /// - Parameter output: what a build that failed has printed.
    package func say(_ text: String, output: String) {
        history.say(text, output: output, at: WallClock.milliseconds)
        tell()
    }

    /// Ends what browsers listen to.
    package func close() {
        for stream in streams {
            stream.push()
            stream.finish()
        }
        streams = []
    }

    private final class View: Observer {
        private unowned let page: Page
        private let number: Int

        init(page: Page, number: Int) { (self.page, self.number) = (page, number) }

        func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {
            page.history.take(happening, of: number, at: time, memory: memory)
            page.tell()
        }
    }

    private func tell() {
        guard !isDue, !streams.isEmpty else { return }
        isDue = true
        timer.arm(after: Self.pace)
    }

    // MARK: Requests

    private func addRoutes(to router: HTTPRouter) {
        func add(
            _ method: StaticString, _ pattern: StaticString, isPublic: Bool = false,
            _ answer: @escaping (Page, RoutedRequest, HTTPResponder) -> Void
        ) {
            router.on(method, pattern) { [unowned self] request, responder in
                guard access.admits(PageAccess.Fields(of: request), isPublic: isPublic) else {
                    let message = "this page is for http://localhost:\(access.port) alone, and not for other pages"
                    return Self.refuse(403, message, responder)
                }
                answer(self, request, responder)
            }
        }
        func add(_ pattern: StaticString, _ type: StaticString, _ file: [UInt8], isPublic: Bool = false) {
            add("GET", pattern, isPublic: isPublic) { Self.respond(200, type, file, $2) }
        }
        add("/", "text/html; charset=utf-8", PackageResources.index_html, isPublic: true)
        add("/page/style.css", "text/css; charset=utf-8", PackageResources.style_css)
        add("/page/script.js", "text/javascript; charset=utf-8", PackageResources.script_js)
        add("/page/icon.svg", "image/svg+xml", PackageResources.icon_svg)
        add("GET", "/page/events") { $0.open(since: $1.field("Last-Event-ID"), $2) }
        add("GET", "/page/invocations/:id") { page, request, responder in
            Self.respond(request.parameter("id").flatMap { page.history.detail(of: $0.string) }, responder)
        }
        add("GET", "/page/environments/:number") { page, request, responder in
            Self.respond(Self.number(request).flatMap { page.history.detail(ofEnvironment: $0) }, responder)
        }
        add("GET", "/page/environments/:number/timeline.svg") { page, request, responder in
            guard let timeline = Self.number(request).flatMap({ page.history.timeline(ofEnvironment: $0) }) else {
                return Self.respond(nil, responder)
            }
            Self.respond(200, "image/svg+xml", Array(timeline.utf8), responder)
        }
        add("POST", "/page/invocations") { $0.invoke($1, $2) }
    }

    private static func number(_ request: RoutedRequest) -> Int? {
        request.parameter("number")?.decimal.flatMap { Int(exactly: $0) }
    }

    /// Invokes with the request's body, and does not wait for what becomes of it.
    private func invoke(_ request: RoutedRequest, _ responder: HTTPResponder) {
        // Of another origin's page no browser sends this type unasked.
        guard request.field("Content-Type").map({ $0 == "application/json" }) == true else {
            return Self.refuse(415, "the event must be sent as application/json", responder)
        }
        guard request.body.count <= InvokeRequest.payloadLimit else {
            return Self.refuse(413, "an event has at most \(InvokeRequest.payloadLimit) bytes", responder)
        }
        if let fault = JSONFault(in: request.body) { return Self.refuse(400, "not JSON: \(fault)", responder) }
        let id = fleet.makeRequestID()
        var invocation = Invocation(id: id, payload: request.body.array)
        if let earlier = request.queryValue("like").flatMap({ history.call($0.string) }) {
            invocation.clientContext = earlier.clientContext
            invocation.tenantID = earlier.tenantID
            invocation.qualifier = earlier.qualifier
            invocation.functionName = earlier.functionName
        }
        Self.respond(202, [("id", .string(id))], responder)
        fleet.invoke(invocation) { _ in }
    }

    private func open(since lastEvent: ByteView?, _ responder: HTTPResponder) {
        let stream = responder.stream(200) { Self.append("text/event-stream", to: &$0) }
        guard stream.isOpen else { return }
        let listener = PageStream(stream, since: lastEvent.flatMap(version)) { [unowned self] in
            makeMessage(since: $0)
        } onLoss: { [unowned self] lost in
            streams.removeAll { $0 === lost }
        }
        streams.append(listener)
        listener.push()
    }

    /// Most browsers know the same version, and so have the same message.
    private func makeMessage(since version: UInt64?) -> PageStream.Message? {
        guard version != history.version else { return nil }
        if messages.first?.value.version != history.version { messages = [:] }
        if let message = messages[version] { return message }
        var message = Buffer(capacity: 4096)
        "id: \(run)-\(history.version)\ndata: ".withByteView { message.append($0) }
        JSONValue.object(history.news(since: version)).append(to: &message)
        message.append("\n\n")
        messages[version] = (message.readable.array, history.version)
        return messages[version]
    }

    /// The version that an event of this history led to; nil for an event of another.
    private func version(of event: ByteView) -> UInt64? {
        guard let dash = event.firstIndex(of: UInt8(ascii: "-")), event[0..<dash].decimal == run,
            let version = event.dropFirst(dash + 1).decimal, version > 0, version <= history.version
        else { return nil }
        return version
    }

    // MARK: Answers

    private static func respond(_ object: [JSONValue.Field]?, _ responder: HTTPResponder) {
        guard let object else { return refuse(404, "it is not kept any more", responder) }
        respond(200, object, responder)
    }

    private static func refuse(_ status: Int, _ message: String, _ responder: HTTPResponder) {
        respond(status, [("message", .string(message))], responder)
    }

    private static func respond(_ status: Int, _ object: [JSONValue.Field], _ responder: HTTPResponder) {
        responder.respond(status, object) { append("application/json", to: &$0) }
    }

    private static func respond(_ status: Int, _ type: StaticString, _ body: [UInt8], _ responder: HTTPResponder) {
        body.withByteView { responder.respond(status, body: $0) { append(type, to: &$0) } }
    }

    /// Appends the fields of an answer: browsers keep no copy of it, and let no other page frame, load or read it.
    private static func append(_ type: StaticString, to head: inout Buffer) {
        head.appendField("Content-Type", ByteView(type))
        head.appendField("Cache-Control", "no-store")
        head.appendField(
            "Content-Security-Policy",
            """
            default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
            base-uri 'none'; form-action 'none'; frame-ancestors 'none'
            """)
        head.appendField("Cross-Origin-Opener-Policy", "same-origin")
        head.appendField("Cross-Origin-Resource-Policy", "same-origin")
        head.appendField("Referrer-Policy", "no-referrer")
        head.appendField("X-Content-Type-Options", "nosniff")
    }
}
