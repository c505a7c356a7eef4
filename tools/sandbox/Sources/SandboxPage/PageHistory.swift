import Sandbox

/// The page's knowledge of the present and of the past, which is bounded in number and in bytes.
///
/// Every change has a version of its own. Whoever knows a version is told all that has changed since, however long ago that was: no
/// queue grows for a reader that is slow or was away.
package final class PageHistory {
    /// The most that is kept: of invocations, of the bytes they take, and of environments that have ended.
    package static let limit = (invocations: 200, bytes: 16 << 20, endedEnvironments: 20)

    /// The number of changes so far.
    package private(set) var version: UInt64 = 0
    private let settings: Settings
    private var environments: [Int: PageEnvironment] = [:]
    /// In the order of their numbers, which have no gap.
    private var invocations: [PageInvocation] = []
    private var numbers: [String: Int] = [:]
    private var count = 0
    private var cost = 0
    /// The last news of the function's programs.
    private var notice: (version: UInt64, wall: Int64, text: String, output: PageText)?

    package init(settings: Settings) { self.settings = settings }

    // MARK: What happens

    /// Somebody asks for an invocation.
    package func expect(_ invocation: Invocation, at wall: Int64) {
        count += 1
        invocations.append(PageInvocation(invocation, number: count, at: wall))
        numbers[invocation.id] = count
        cost += invocations.last!.cost
        change(invocation.id) { _ in }
    }

    private func forgetOldest() {
        while invocations.count > Self.limit.invocations || cost > Self.limit.bytes && invocations.count > 1 {
            let oldest = invocations.removeFirst()
            cost -= oldest.cost
            numbers[oldest.call.id] = nil
        }
    }

    /// The function's programs are built, or start anew.
    ///
    /// - Parameter output: what a build that failed has printed.
    package func say(_ text: String, output: String, at wall: Int64) {
        version += 1
        notice = (version, wall, text, PageText(Array(output.utf8)))
    }

    /// Its caller was refused.
    package func refuse(_ id: String) { change(id) { $0.refuse() } }

    package func add(environment number: Int, logStream: String) {
        environments[number] = PageEnvironment(number: number, logStream: logStream, settings: settings)
        change(environment: number) { _ in }
        let ended = environments.values.filter { $0.state == .ended }.map(\.number).sorted()
        for number in ended.dropLast(Self.limit.endedEnvironments) { environments[number] = nil }
    }

    /// Something happens to an environment.
    package func take(_ happening: Happening, of number: Int, at time: HappeningTime, memory: Int) {
        switch happening {
        case .output(let process, let line):
            write(line, of: process, in: number, for: environments[number]?.owner(of: line), at: time)
            return
        case .platform(let record):
            for line in record.lines(for: settings) {
                line.withByteView { line in
                    let owner = record.requestID ?? environments[number]?.owner(of: line)
                    write(line, of: nil, in: number, for: owner, at: time)
                }
            }
            return
        case .answered(let id, let outcome, let after): change(id) { $0.answer(outcome, after: after) }
        case .note(.invocationStarted(let id, let received, _)):
            change(id) { $0.begin(in: number, after: time.moment - received) }
        case .note(.invocationEnded(let report)): change(report.id) { $0.end(report, memory: memory) }
        case .note: break
        }
        change(environment: number) { $0.take(happening, at: time, memory: memory) }
    }

    private func write(
        _ line: ByteView, of process: String?, in environment: Int, for id: String?, at time: HappeningTime
    ) {
        if let id, numbers[id] != nil {
            change(id) { $0.log.append(line, of: process, at: time.wall) }
        } else {
            change(environment: environment) { $0.log.append(line, of: process, at: time.wall) }
        }
    }

    private func change(_ id: String, _ body: (PageInvocation) -> Void) {
        guard let invocation = index(of: id).map({ invocations[$0] }) else { return }
        version += 1
        invocation.version = version
        cost -= invocation.cost
        body(invocation)
        cost += invocation.cost
        forgetOldest()
    }

    private func change(environment number: Int, _ body: (PageEnvironment) -> Void) {
        guard let environment = environments[number] else { return }
        version += 1
        environment.version = version
        body(environment)
    }

    private func index(of id: String) -> Int? { numbers[id].map { $0 - invocations[0].number } }

    // MARK: What is told

    /// All that its caller said of an invocation that is kept, without the event.
    func call(_ id: String) -> Invocation? { index(of: id).map { invocations[$0].call } }

    /// The details of an invocation; nil for one that is not kept.
    package func detail(of id: String) -> [JSONValue.Field]? { index(of: id).map { invocations[$0].detail } }

    /// The details of an environment; nil for one that is not kept.
    package func detail(ofEnvironment number: Int) -> [JSONValue.Field]? { environments[number]?.detail }

    /// The picture of an environment's life; nil for one that is not kept.
    func timeline(ofEnvironment number: Int) -> String? { environments[number]?.timeline }

    /// The changes since a version; all there is for nil.
    package func news(since known: UInt64?) -> [JSONValue.Field] {
        let known = known ?? 0
        var changed: (environments: [JSONValue], invocations: [JSONValue]) = ([], [])
        for number in environments.keys.sorted() where environments[number]!.version > known {
            changed.environments.append(environments[number]!.summary)
        }
        for invocation in invocations where invocation.version > known {
            changed.invocations.append(invocation.summary)
        }
        return [
            ("function", .string(settings.name)), ("isNew", .bool(known == 0)),
            ("oldest", .count(invocations.first?.number ?? 1)),
            ("kept", .array(environments.keys.sorted().map { .count($0) })),
            ("environments", .array(changed.environments)), ("invocations", .array(changed.invocations)),
            ("notice", notice(since: known)),
        ]
    }

    private func notice(since known: UInt64) -> JSONValue {
        guard let notice, notice.version > known else { return .null }
        let fields: [JSONValue.Field] = [
            ("wall", .integer(notice.wall)), ("text", .string(notice.text)), ("output", notice.output.json),
        ]
        return .object(fields)
    }
}
