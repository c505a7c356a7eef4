/// Turns the facts of a life into spans and marks, and draws them.
///
/// It remembers the first and the last few invocations and counts the rest, so a long run costs no more than a short one.
package struct Recorder: Sendable {
    /// The number of episodes drawn of a long run, at its start and at its end.
    static let kept = (first: 4, last: 3)
    /// The most invocations that are drawn at a time, and the most that are in an episode.
    static let drawn = (lanes: 16, episode: 32)
    /// The most environments that are drawn in one picture.
    package static let environments = 8

    package var title: String
    /// A remark behind the number of invocations; empty for none.
    package var note = ""
    let extensions: [String]
    private var first: [Episode] = []
    private var last: [Episode] = []
    private var summary = Summary()
    private var episode: Episode?
    private var open: [Lane: (kind: Span.Kind, from: Moment)] = [:]
    private var count = 0
    /// True if the function asked for the next event.
    private var functionIsDone = false
    /// True if this project's extension is there, for whose sake a function works on behind its response.
    private var hasClosures: Bool
    /// START of the invocation under way.
    private var started: Moment?
    /// True if invocations may overlap, each then on a lane of its own.
    private let isConcurrent: Bool
    private var places = Places()

    /// A recorder for a function of this name and its extensions.
    ///
    /// - Parameter isConcurrent: true if the function handles several events at a time, as on Managed Instances.
    package init(title: String, extensions: [String], isConcurrent: Bool = false) {
        self.title = title
        self.extensions = extensions
        self.isConcurrent = isConcurrent
        hasClosures = extensions.contains(where: Self.isOurs)
    }

    /// The extension of the layer, or of the SDK.
    private static func isOurs(_ name: String) -> Bool { name == "postinvoke" || name == "postinvoke-internal" }

    /// The picture of what was recorded, as an SVG document.
    package func svg() -> String { Self.svg(of: [self]) }

    /// The picture of several environments, one below the other.
    package static func svg(of recorders: [Recorder]) -> String { Drawing.svg(of: recorders.map(\.drawing)) }

    private var drawing: Drawing {
        var last = last
        if let episode { last.append(closed(episode)) }
        return Drawing(
            title: title, note: note, extensions: extensions, first: first, summary: summary, last: last, count: count,
            workers: isConcurrent ? min(max(1, places.most), Self.drawn.lanes) : 0)
    }

    /// The episode under way, as it stands.
    package var present: Episode? { episode.map(closed) }

    /// Takes in a fact. Moments never go back.
    package mutating func record(_ fact: Fact, at now: Moment) {
        if episode == nil { episode = Episode(from: now) }
        episode!.to = max(episode!.to, now)
        switch fact {
        case .answered(let id, let errorType):
            if isConcurrent { recordAnswer(id, errorType, now) } else { recordAnswer(errorType, now) }
        case .note(let note): if !isConcurrent || !recordOverlapping(note, now) { record(note, now) }
        }
    }

    private mutating func recordAnswer(_ errorType: String?, _ now: Moment) {
        if let errorType { fail(errorType) }
        let lane = episode!.attempt == nil ? Lane.caller : .function
        mark(lane, .response(errorType: errorType, after: now - (started ?? now)), now)
        leave(.caller, now)
    }

    private mutating func record(_ note: Note, _ now: Moment) {
        switch note {
        case .started(let process): enter(lane(process), .starting, now)
        case .ready(let process): enter(lane(process), .idle, now)
        case .initStarted: enter(.environment, .starting, now)
        case .initEnded(let report):
            if report.failure == nil { enter(.environment, report.phase == .invoke ? .invoke : .idle, now) }
        case .restoreStarted: enter(.environment, .starting, now)
        case .restoreEnded(let report): if report.failure == nil { enter(.environment, .idle, now) }
        case .invocationStarted(_, let received, _): begin(received, now)
        case .delivered(_, let process): enter(lane(process), process == "function" ? .invoke : .hold, now)
        case .event(_, let attempt):
            episode!.attempt = attempt
            // Nobody waits for it.
            open[.caller] = nil
            episode!.spans.removeAll { $0.lane == .caller }
        case .responded: enter(.function, hasClosures ? .closures : .untilNext, now)
        case .registered(let name, _): if Self.isOurs(name) { hasClosures = true }
        case .done(_, let process): finish(lane(process), now)
        case .failed(_, let failure):
            fail(failure.type)
            episode!.failure = failure.type
        case .invocationEnded: enter(.environment, .idle, now)
        case .frozen: for lane in open.keys where lane != .caller { enter(lane, .frozen, now) }
        case .thawed: for (lane, span) in open where span.kind == .frozen { enter(lane, .idle, now) }
        case .stopping(_, let isReset): enter(.environment, isReset ? .reset : .shutdown, now)
        case .notified(let process, _): enter(lane(process), .shutdown, now)
        case .exited(let process, _, let isExpected):
            if !isExpected { mark(lane(process), .death, now) }
            leave(lane(process), now)
        case .stopped: leave(.environment, now)
        case .subscribed, .snapshotTaken, .responding, .workerIdle: break
        }
    }

    /// START: a new episode, unless this is the first invocation after a start.
    private mutating func begin(_ received: Moment, _ now: Moment) {
        if episode!.number > 0 { turnPage(now) }
        count += 1
        episode!.number = count
        episode!.count = 1
        episode!.started = now
        started = now
        functionIsDone = false
        // What comes before START is no part of the time to the response.
        open[.caller] = (.queued, max(received, episode!.from))
        enter(.caller, .asking, now)
        enter(.environment, .invoke, now)
    }

    /// An episode of one invocation fails once, whoever says so.
    private mutating func fail(_ errorType: String) {
        if episode!.failure == nil { episode!.failure = errorType }
        episode!.failures = 1
    }

    // MARK: Many at a time

    /// Takes in a report of one invocation among several; false for anything else.
    private mutating func recordOverlapping(_ note: Note, _ now: Moment) -> Bool {
        switch note {
        case .invocationStarted(let id, _, _):
            beginOverlapping(id, now)
            return true
        case .delivered(_, process: "function"):
            enter(.function, .invoke, now)
            return true
        case .responded, .failed: return true
        case .invocationEnded(let report):
            guard let place = places.end(report.id) else { return true }
            leave(.worker(place), now)
            if places.areFree {
                enter(.function, .idle, now)
                enter(.environment, .idle, now)
            }
            return true
        default: return false
        }
    }

    /// START of one among several: a new episode when nothing else is under way, or when this one is full.
    private mutating func beginOverlapping(_ id: String, _ now: Moment) {
        if episode!.number > 0, places.areFree || episode!.count >= Self.drawn.episode { turnPage(now) }
        count += 1
        if episode!.number == 0 {
            episode!.number = count
            episode!.started = now
        }
        episode!.count += 1
        let place = places.begin(id, now)
        if place >= Self.drawn.lanes { episode!.hidden += 1 }
        enter(.worker(place), .invoke, now)
        enter(.environment, .invoke, now)
    }

    private mutating func recordAnswer(_ id: String, _ errorType: String?, _ now: Moment) {
        if let errorType {
            episode!.failures += 1
            if episode!.failure == nil { episode!.failure = errorType }
        }
        guard let (place, started) = places.answer(id) else {
            if let errorType { mark(.environment, .refusal(errorType: errorType), now) }
            return
        }
        mark(.worker(place), .response(errorType: errorType, after: now - started), now)
    }

    /// A process asked for the next event.
    ///
    /// A runtime may do so while closures of its function still run: as long as the extension holds the environment awake
    /// for them, the function's time counts as theirs.
    private mutating func finish(_ lane: Lane, _ now: Moment) {
        if lane == .function { functionIsDone = true } else { enter(lane, .idle, now) }
        if functionIsDone, !hasClosures || !open.values.contains(where: { $0.kind == .hold }) {
            enter(.function, .idle, now)
        }
    }

    private mutating func enter(_ lane: Lane, _ kind: Span.Kind, _ now: Moment) {
        if open[lane]?.kind == kind { return }
        leave(lane, now)
        open[lane] = (kind, now)
    }

    private mutating func leave(_ lane: Lane, _ now: Moment) {
        guard let span = open.removeValue(forKey: lane), span.from < now else { return }
        episode!.spans.append(Span(lane: lane, kind: span.kind, from: span.from, to: now))
    }

    private mutating func mark(_ lane: Lane, _ kind: Mark.Kind, _ now: Moment) {
        episode!.marks.append(Mark(lane: lane, kind: kind, at: now))
    }

    /// Ends the episode; what is open goes on in the next one.
    private mutating func turnPage(_ now: Moment) {
        let finished = closed(episode!)
        for lane in open.keys { open[lane]!.from = now }
        if first.count < Self.kept.first {
            first.append(finished)
        } else {
            last.append(finished)
            // The one under way comes to these.
            if last.count >= Self.kept.last { summary.add(last.removeFirst()) }
        }
        episode = Episode(from: now)
    }

    private func closed(_ episode: Episode) -> Episode {
        var episode = episode
        for (lane, span) in open where span.from < episode.to {
            episode.spans.append(Span(lane: lane, kind: span.kind, from: span.from, to: episode.to))
        }
        // In an order of our own, since a dictionary's changes from run to run.
        episode.spans.sort { ($0.from, $0.to, $0.lane.rank) < ($1.from, $1.to, $1.lane.rank) }
        return episode
    }

    private func lane(_ process: String) -> Lane {
        extensions.firstIndex(of: process).map { .extension($0) } ?? (process == "function" ? .function : .internals)
    }
}

extension Lane {
    /// Extensions inside the function's process, which share a lane.
    static let internals = Lane.extension(-1)

    /// The place from top to bottom.
    var rank: Int {
        switch self {
        case .caller: 0
        case .function: 1
        case .worker(let index): 2 + index
        case .extension(let index): 1_000_000 + index
        case .environment: .max
        }
    }
}
