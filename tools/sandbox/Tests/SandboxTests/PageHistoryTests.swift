import Foundation
import Sandbox
import SandboxPage
import Testing

/// The bounds of what the page keeps, however long it goes on.
@Suite struct PageHistoryTests {
    private let settings = Settings(function: "/f")
    private let time = HappeningTime(moment: .zero, wall: 0)

    private func news(_ history: PageHistory, since version: UInt64? = nil) throws -> [String: Any] {
        let bytes = JSONValue.bytes(of: history.news(since: version))
        return try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }

    private func ids(_ news: [String: Any]) -> [String?] {
        (news["invocations"] as? [[String: Any]] ?? []).map { $0["id"] as? String }
    }

    @Test func theNewestInvocationsAreKept() throws {
        let history = PageHistory(settings: settings)
        for number in 1...250 { history.expect(Invocation(id: "\(number)", payload: [0x30]), at: 0) }
        let all = try news(history)
        #expect(ids(all) == (51...250).map { "\($0)" } && all["oldest"] as? Int == 51)
        // What happens to one that is gone is nobody's news.
        let version = history.version
        history.refuse("50")
        #expect(history.version == version)
        history.refuse("51")
        let later = try news(history, since: version)
        #expect(ids(later) == ["51"] && later["isNew"] as? Bool == false)
        #expect(ids(try news(history, since: history.version)) == [])
    }

    @Test func whatWasSaidLastIsNewsOnce() throws {
        let history = PageHistory(settings: settings)
        for text in ["building: make", "the build failed: exit status 2"] { history.say(text, output: "no", at: 7) }
        let notice = try #require(try news(history)["notice"] as? [String: Any])
        #expect(notice["text"] as? String == "the build failed: exit status 2" && notice["wall"] as? Int == 7)
        #expect((notice["output"] as? [String: Any])?["text"] as? String == "no")
        #expect(try news(history, since: history.version)["notice"] is NSNull)
    }

    @Test func theBytesOfEventsAreBounded() throws {
        let history = PageHistory(settings: settings)
        let event = [UInt8](repeating: 0x30, count: 1 << 20)
        for number in 1...100 { history.expect(Invocation(id: "\(number)", payload: event), at: 0) }
        // Of each a quarter is kept, and little beside it.
        #expect(ids(try news(history)) == (38...100).map { "\($0)" })
    }

    @Test func theBytesOfResponsesAreBounded() throws {
        let history = PageHistory(settings: settings)
        for number in 1...100 { history.expect(Invocation(id: "\(number)"), at: 0) }
        let outcome = Outcome.success(body: [UInt8](repeating: 0x30, count: 1 << 18), contentType: "")
        for number in 1...100 {
            history.take(.answered(id: "\(number)", outcome, after: .zero), of: 1, at: time, memory: 0)
        }
        #expect(ids(try news(history)) == (38...100).map { "\($0)" })
    }

    @Test func theLogOfAnEnvironmentIsBounded() throws {
        let history = PageHistory(settings: settings)
        history.add(environment: 1, logStream: "s")
        for number in 1...100_000 {
            "\(number)".withByteView { line in
                history.take(.output(process: "function", line), of: 1, at: time, memory: 0)
            }
        }
        let detail = JSONValue.bytes(of: try #require(history.detail(ofEnvironment: 1)))
        #expect(detail.count < 262_144)
        let log = try #require(
            (JSONSerialization.jsonObject(with: Data(detail)) as? [String: Any])?["log"] as? [String: Any])
        let lines = try #require(log["lines"] as? [[Any]])
        #expect(log["dropped"] as? Int == 100_000 - lines.count && lines.count > 2_500)
        #expect(lines.last?.last as? String == "100000")
    }

    @Test func aLongLineIsCut() throws {
        let history = PageHistory(settings: settings)
        history.add(environment: 1, logStream: "s")
        [UInt8](repeating: 0x78, count: 20_000).withByteView { line in
            history.take(.output(process: "function", line), of: 1, at: time, memory: 0)
        }
        let detail = String(
            decoding: JSONValue.bytes(of: try #require(history.detail(ofEnvironment: 1))), as: UTF8.self)
        #expect(detail.contains("\"" + String(repeating: "x", count: 16_384) + "…\""))
    }

    @Test func whereInvocationsOverlapALineBelongsToTheOneItNames() throws {
        let history = PageHistory(settings: settings)
        history.add(environment: 1, logStream: "s")
        let ids = (1...2).map { "00000000-0000-4000-8000-00000000000\($0)" }
        func write(_ text: String) {
            text.withByteView { history.take(.output(process: "function", $0), of: 1, at: time, memory: 0) }
        }
        for (index, id) in ids.enumerated() {
            history.expect(Invocation(id: id), at: 0)
            history.take(
                .note(.invocationStarted(id: id, received: .zero, deadline: .zero)), of: 1, at: time, memory: 0)
            write(index == 0 ? "alone" : "nobody's")
        }
        for id in ids { write("{\"requestId\":\"\(id)\"}") }
        write(ids[0].dropLast() + "3")
        func log(_ detail: [JSONValue.Field]?) throws -> [String?] {
            let bytes = JSONValue.bytes(of: try #require(detail))
            let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
            return ((object?["log"] as? [String: Any])?["lines"] as? [[Any]] ?? []).map { $0.last as? String }
        }
        #expect(try log(history.detail(of: ids[0])) == ["alone", "{\"requestId\":\"\(ids[0])\"}"])
        #expect(try log(history.detail(of: ids[1])) == ["{\"requestId\":\"\(ids[1])\"}"])
        #expect(try log(history.detail(ofEnvironment: 1)) == ["nobody's", ids[0].dropLast() + "3"])
    }
}
