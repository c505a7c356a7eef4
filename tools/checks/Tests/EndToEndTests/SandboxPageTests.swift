import Foundation
import Testing
import ToolsTestSupport
import follow_links

/// The sandbox's page, in a browser.
@Suite struct SandboxPageTests {
    /// The texts that stand in the page.
    private struct Seen: Decodable {
        var status: String
        var response: String
        var log: String
        var invocations: [String]
        var environments: [String]
        var hasTimeline: Bool
        /// Elements that a text was taken for.
        var strangers: Int
        var width: Int
        var background: String
    }

    private static let script = """
        // The page may not be all there yet.
        window.text = id => document.getElementById(id)?.textContent ?? "";
        window.until = condition => new Promise(resolve => {
            const look = () => condition() ? resolve("") : setTimeout(look, 10);
            look();
        });
        window.invoke = event => {
            document.getElementById("event").value = event;
            document.getElementById("invoke").click();
        };
        window.seen = () => JSON.stringify({
            status: text("facts"), response: text("response"), log: text("log"),
            invocations: [...document.querySelectorAll("#invocations .row")].map(row => row.textContent),
            environments: [...document.querySelectorAll("#environments .row")].map(row => row.textContent),
            hasTimeline: document.querySelector("#timeline img")?.naturalWidth > 0,
            strangers: document.querySelectorAll("#log img, pre *, .row img").length + (window.isHacked ? 1 : 0),
            width: document.documentElement.scrollWidth,
            background: getComputedStyle(document.body).backgroundColor});
        ""
        """

    @Test(.enabled(if: BrowserTests.browser != nil, "Chromium is not installed"))
    func `The page shows what happens, invokes again, and is for nobody else`() throws {
        let folder = try TemporaryFolder()
        let run = try SandboxRun(
            .scriptedFunction(), hasExtension: false, environment: ["TEST_FOLDER": folder.path],
            options: ["--http", "127.0.0.1:0"])
        let page = try Self.address(in: run.wait(forLine: "lambda-sandbox: page at "))
        let other = try Self.address(in: run.wait(forLine: "lambda-sandbox: function URL at "))
        let browser = try Browser(program: BrowserTests.browser!, folder: folder.path)
        func see() throws -> Seen {
            try JSONDecoder().decode(Seen.self, from: Data(browser.evaluate("seen()").utf8))
        }

        try browser.setScreen(width: 1280, height: 900, isDark: false)
        try browser.load(page)
        _ = try browser.evaluate(Self.script)
        _ = try browser.evaluate(#"until(() => text("link") === "live" && text("environments").includes("1 · "))"#)
        let hostile = #"<img src=x onerror='isHacked=true'>"#
        let event = #"""
            {"steps": [["print", "\#(hostile)"], ["wait", "go"], ["respond", {"n": 12345678901234567890, "html": "\#(hostile)"}]]}
            """#
        _ = try browser.evaluate("invoke(\(Self.literal(event))); until(() => text('log').includes('<img'))")
        let early = try see()
        #expect(early.status.contains("running") && early.response == "")
        #expect(early.environments.count == 1 && early.environments[0].contains("1 · busy"))
        try folder.write("", to: "go")
        _ = try browser.evaluate(
            "until(() => text('facts').includes('success') && text('log').includes('REPORT') && text('response'))")
        _ = try browser.evaluate("until(() => document.querySelector('#timeline img'))")
        let late = try see()
        // No digit of a number that is too long for JavaScript is lost.
        #expect(late.response == "{\n  \"n\": 12345678901234567890,\n  \"html\": \"\(hostile)\"\n}")
        #expect(late.log.contains("START RequestId") && late.log.contains(hostile))
        #expect(late.hasTimeline && late.invocations.count == 1 && late.strangers == 0)

        _ = try browser.evaluate(
            """
            document.getElementById("event").value = document.getElementById("event").value.replaceAll("isHacked", "again");
            document.getElementById("invoke").click();
            until(() => text("response").includes("again"))
            """)
        let again = try see()
        #expect(again.invocations.count == 2 && again.response.contains("12345678901234567890"))
        #expect(try browser.evaluate("text('invoke')") == "Invoke again")
        let edited = "document.getElementById('event').dispatchEvent(new Event('input')); text('invoke')"
        #expect(try browser.evaluate(edited) == "Invoke")
        _ = try browser.evaluate(#"invoke("{oops"); until(() => text("fault").startsWith("not JSON: line 1"))"#)

        try browser.setScreen(width: 390, height: 844, isDark: true)
        let phone = try see()
        #expect(phone.width <= 390, "it is wider than a phone")
        #expect(phone.background != again.background, "it is not dark")
        // The browser reports the answer 400 to what was no JSON, and nothing else.
        #expect(browser.takeComplaints().allSatisfy { $0.contains("400 (Bad Request)") })

        try browser.load(other)
        let outcome = try browser.evaluate(
            """
            (async () => {
                const theft = '{"steps": [["print", "stolen"], ["respond", 1]]}';
                const attempts = [
                    ["page/environments/1"], ["page/environments/1", {mode: "no-cors"}], ["page/script.js", {mode: "no-cors"}],
                    ["page/invocations", {method: "POST", body: theft}],
                    ["page/invocations", {method: "POST", body: theft, mode: "no-cors"}],
                    ["page/invocations", {method: "POST", body: theft, headers: {"Content-Type": "application/json"}}]];
                const outcomes = await Promise.allSettled(attempts.map(([path, options]) => fetch("\(page)" + path, options)));
                return outcomes.map(outcome => outcome.status).join(" ");
            })()
            """)
        #expect(outcome == [String](repeating: "rejected", count: 6).joined(separator: " "))
        run.terminate()
        let end = try run.finish()
        #expect(end.stops.allSatisfy { $0.clean == true } && !end.lines.contains("stolen"))
    }

    private static func address(in line: String) throws -> String {
        String(try #require(line.split(separator: " ").last))
    }

    /// A text as JavaScript writes it.
    private static func literal(_ text: String) throws -> String {
        String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
    }
}
