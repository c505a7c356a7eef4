import Foundation
import Processes
import Testing
import ToolsTestSupport
import follow_links

/// The function's URL, opened in a browser.
@Suite struct BrowserTests {
    static let browser = findProgram("chromium-headless-shell") ?? findProgram("chromium")

    /// The page as a script in it saw it.
    private struct Seen: Decodable, Equatable {
        var title: String
        var visibleCookies: String
        var status: Int
        var first: String
        var whole: String
        var bytes: [Int]
        var sentCookies: [String]
        var body: String
    }

    private static let script = """
        (async () => {
            const ask = (...steps) => fetch("/?steps=" + encodeURIComponent(JSON.stringify(steps)));
            const prelude = JSON.stringify({statusCode: 202, headers: {"content-type": "text/plain"}}) + "\\0".repeat(8);
            const stream = await ask(["stream", [prelude + "one", ["wait", "go"], "two"], null,
                "application/vnd.awslambda.http-integration-response"]);
            const reader = stream.body.getReader(), decoder = new TextDecoder();
            const first = decoder.decode((await reader.read()).value);
            // By another environment of the function, since this one is at work.
            const touched = await ask(["touch", "go"], ["respond", {statusCode: 204}]);
            if (touched.status != 204) throw Error("no other environment: " + touched.status);
            let whole = first;
            for (let next; !(next = await reader.read()).done;) whole += decoder.decode(next.value);
            const binary = await ask(["respond", {statusCode: 200, body: "AP+A", isBase64Encoded: true}]);
            const event = await (await fetch("/echo", {method: "POST", body: "x"})).json();
            return JSON.stringify({
                title: document.title, visibleCookies: document.cookie, status: stream.status, first, whole,
                bytes: [...new Uint8Array(await binary.arrayBuffer())], sentCookies: event.cookies.sort(), body: event.body});
        })()
        """

    @Test(.enabled(if: Self.browser != nil, "Chromium is not installed"))
    func `A page, its cookies, bytes and a stream come through the function's URL`() throws {
        let folder = try TemporaryFolder()
        let run = try SandboxRun(
            .scriptedFunction(), hasExtension: false, environment: ["TEST_FOLDER": folder.path],
            options: ["--http", "127.0.0.1:0", "--environments", "4"])
        let line = try run.wait(forLine: "lambda-sandbox: function URL at ")
        let url = String(try #require(line.split(separator: " ").last))
        let page = """
            [["respond",{"statusCode":200,"headers":{"content-type":"text/html"},"cookies":["theme=dark","session=1; HttpOnly"],
            "body":"<!doctype html><title>a page</title>"}]]
            """
        let query = try #require(page.addingPercentEncoding(withAllowedCharacters: .alphanumerics))

        let browser = try Browser(program: Self.browser!, folder: folder.path)
        try browser.load(url + "?steps=" + query)
        let seen = try JSONDecoder().decode(Seen.self, from: Data(browser.evaluate(Self.script).utf8))
        #expect(
            seen
                == Seen(
                    title: "a page", visibleCookies: "theme=dark", status: 202, first: "one", whole: "onetwo",
                    bytes: [0, 255, 128], sentCookies: ["session=1", "theme=dark"], body: "x"))
        #expect(browser.takeComplaints() == [])
        run.terminate()
        #expect(try run.finish().stops.allSatisfy { $0.clean == true })
    }
}
