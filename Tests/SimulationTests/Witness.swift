import CLinux

/// Judges the extension by what passes between it and the kernel alone: bytes read and offered, connections accepted and
/// left, waits. It knows the promises and none of the code.
final class Witness {
    /// What an answer of Lambda's is to the extension once it has read it.
    enum Meaning: Equatable {
        case success, failure, unknownEvent, shutdown
        /// It is cut short.
        case unfinished
        case invoke(id: String, deadline: Int64)
    }

    /// The first broken promise.
    private(set) var fault: String?
    unowned let world: World

    // Lambda's side.
    private var answers: [(end: Int, link: Link, meaning: Meaning)] = []
    /// The invocation for which Next is owed.
    private(set) var owed: Owed?
    private var nextIsDue = false
    /// The connection that Next was last offered on, and where it begins there.
    private var next: (link: Link, start: Int, isAnswered: Bool)?
    private(set) var hasReadShutdown = false
    private(set) var hasReadFailure = false
    /// Whether something has befallen the connection to Lambda, or the making of one, for which an end with 1 is right.
    var mayFail = false
    var isTerminated = false

    struct Owed {
        var id: String
        var deadline: Int64
        var start: Int64
        /// Moments at which the clocks have parted since count too.
        var clocksParted = false
        /// Whether Next may be asked and need not be.
        var isExcused = false
        /// Why Next may be asked.
        var reason: String?
    }

    // The functions' side.
    private var hasSessionlessSDK = false
    private var earlyDones: [String?] = []
    private var uncertainDones: [String?] = []
    private var ended: [String] = []
    private(set) var sessions: [Link] = []
    private var sessionPID = 0
    private var accounts: [Int: Account] = [:]
    private var vainWaits = 0
    private var suspicion: String?
    private var listenerFaults = 0
    private var listenersMade = 0
    private(set) var passesThrough: Bool
    private let setup: Script.Setup

    /// What is known of a connection of a function or a stranger.
    private struct Account {
        var sent: [(end: Int, request: LocalRequest, invocation: Int)] = []
        /// Requests read and not answered.
        var unanswered: [(request: LocalRequest, invocation: Int)] = []
        var answerBytes: [UInt8] = []
        var answered = 0
        /// Whether what was sent may be refused, or never becomes a request.
        var isSpoiled = false
        var wasRefused = false
        var isLast = false
        /// The turn in which it was accepted, or last had a complete request: whatever times out began later.
        var since: Int64
        var blockedSince: Int64?
        var hasLeft = false
        /// Whether a call on it has failed.
        var isBroken = false
    }

    init(world: World, setup: Script.Setup) {
        self.world = world
        self.setup = setup
        passesThrough = setup.isManaged
    }

    func accuse(_ what: String) { if fault == nil { fault = what } }

    private var now: (monotonic: Int64, wall: Int64) { (world.kernel.monotonic, world.kernel.wall) }
    private var isSDKPresent: Bool { !passesThrough && (!sessions.isEmpty || hasSessionlessSDK) }

    // MARK: What the world does

    func noteAnswer(_ link: Link, _ meaning: Meaning) {
        if meaning == .unfinished || meaning == .failure { mayFail = true }
        answers.append((link.sentCount, link, meaning))
    }

    func noteRequest(_ link: Link, _ request: LocalRequest, invocation: Int) {
        switch request {
        case .malformed, .half: accounts[link.number, default: Account(since: now.monotonic)].isSpoiled = true
        default:
            guard accounts[link.number]?.isSpoiled != true else { return }
            accounts[link.number, default: Account(since: now.monotonic)].sent.append(
                (link.sentCount, request, invocation))
        }
    }

    func noteClocks(haveParted: Bool) {
        if haveParted { owed?.clocksParted = true }
        // What was decided at one moment may be carried out at another, by another clock.
        if let owed, isOverdue(owed) { self.owed?.isExcused = true }
    }

    func noteFault(_ call: Action.Call, _ error: Int32, on link: Link?) {
        guard error != EINTR, error != EAGAIN else { return }
        switch call {
        case .accept, .wait, .alarm: break
        case .epoll, .signals: mayFail = true
        case .listen: noteListenerFault()
        case .socket:
            if listenersMade + listenerFaults < setup.listenerCount {
                noteListenerFault()
            } else {
                mayFail = true
            }
        case .read, .write, .control:
            if let link, link.role != .api { accounts[link.number]?.isBroken = true } else { mayFail = true }
        }
    }

    private func noteListenerFault() {
        listenerFaults += 1
        passesThrough = passesThrough || listenerFaults == setup.listenerCount
    }

    // MARK: What the extension does

    func noteListening() { listenersMade += 1 }

    func noteAccept(_ link: Link) {
        accounts[link.number, default: Account(since: now.monotonic)].since = world.kernel.turnStart
    }

    func noteRead(_ link: Link, _ result: Int64) {
        guard result > 0 else { return }
        if link.role == .api {
            while let first = answers.first(where: { $0.link === link }), link.readCount >= first.end {
                answers.removeAll { $0.link === link && $0.end == first.end }
                take(first.meaning, from: link)
            }
        } else {
            guard var account = accounts[link.number] else { return }
            while let first = account.sent.first, link.readCount >= first.end {
                account.sent.removeFirst()
                account.since = world.kernel.turnStart
                // Behind the last request nothing is served.
                if !account.unanswered.contains(where: { $0.request == .lastCheck }), !account.isLast {
                    account.unanswered.append((first.request, first.invocation))
                }
            }
            accounts[link.number] = account
        }
    }

    private func take(_ meaning: Meaning, from link: Link) {
        if next?.link === link { next?.isAnswered = true }
        switch meaning {
        case .success: nextIsDue = next == nil
        case .unknownEvent: nextIsDue = true
        case .failure: hasReadFailure = true
        case .unfinished: break
        case .shutdown: hasReadShutdown = true
        case .invoke(let id, let deadline):
            ended.removeAll { $0 == id }
            owed = Owed(id: id, deadline: deadline, start: now.monotonic)
            if earlyDones.contains(id) || earlyDones.contains(nil) { owed?.reason = "done before it" }
            owed?.isExcused = uncertainDones.contains(id) || uncertainDones.contains(nil)
            if !isSDKPresent { owed?.reason = "nobody is there" }
            earlyDones = []
            uncertainDones = []
            noteClocks(haveParted: false)
        }
    }

    /// What the kernel took of an offer.
    func noteWrite(_ link: Link, _ result: Int64) {
        // It went to nobody, and whoever asked cannot know.
        if result > 0, link.role == .api, link.isLeaving { mayFail = true }
    }

    func noteOffer(_ link: Link, _ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        guard link.role == .api else { return judgeAnswers(link, bytes) }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasPrefix("GET /2020-01-01/extension/event/next ") else { return }
        let start = link.offeredCount - bytes.count
        if let next, !next.isAnswered, next.link !== link {
            // The same one once more: nothing of it may have left.
            if next.link.acceptedCount > next.start { accuse("asks for Next again, although it had been sent") }
            self.next = (link, start, false)
            return
        }
        next = (link, start, false)
        if nextIsDue {
            nextIsDue = false
            return
        }
        guard let owed else { return accuse("asks for Next, which is not due") }
        if owed.reason == nil, !owed.isExcused, !isOverdue(owed) { accuse("asks for Next while \(owed.id) is held") }
        ended.append(owed.id)
        self.owed = nil
    }

    private func isOverdue(_ owed: Owed) -> Bool {
        if now.wall >= owed.deadline - Int64(setup.margin) * 1_000_000 { return true }
        return setup.budget.map { now.monotonic - owed.start >= Int64($0) * 1_000_000 } ?? false
    }

    // MARK: Answers of the local protocol

    private func judgeAnswers(_ link: Link, _ bytes: [UInt8]) {
        guard var account = accounts[link.number] else { return accuse("speaks before it was spoken to") }
        if link.role == .local(.unixAsOther) { accuse("serves another user") }
        account.answerBytes += bytes
        while let status = Self.nextStatus(&account.answerBytes) {
            if account.wasRefused {
                accuse("answers after a refusal")
            } else if let first = account.unanswered.first {
                account.unanswered.removeFirst()
                account.answered += 1
                account.since = world.kernel.turnStart
                if first.request == .lastCheck { account.isLast = true }
                let expected = expect(first.request, first.invocation, link)
                if status != expected {
                    accuse("answers \(first.request) on \(link.number) with \(status), not \(expected)")
                }
            } else if status == 408, now.monotonic - account.since >= 2_999_000_000 {
                account.wasRefused = true
            } else if account.isSpoiled, [400, 413, 431, 501, 505, 408].contains(status) {
                account.wasRefused = true
            } else {
                accuse("answers \(status) on \(link.number), where nothing was asked")
            }
        }
        accounts[link.number] = account
    }

    /// What a request must be answered with, and what follows from it.
    private func expect(_ request: LocalRequest, _ invocation: Int, _ link: Link) -> Int {
        switch request {
        case .check, .lastCheck:
            hasSessionlessSDK = true
            return 200
        case .session(let pid):
            if !sessions.isEmpty, sessionPID != pid { return 409 }
            if !sessions.contains(where: { $0 === link }) {
                sessions.append(link)
                sessionPID = pid
            }
            return 200
        case .done(let which), .chunkedDone(let which):
            let id = which.id(invocation)
            if id == nil, !sessions.isEmpty, !sessions.contains(where: { $0 === link }) { return 403 }
            if let owed {
                // Next may be decided upon already and wait for its connection: then this one is early, or late.
                if owed.isExcused || owed.reason != nil { uncertainDones.append(id) }
                if id == nil || id == owed.id { self.owed?.reason = owed.reason ?? "done" }
            } else if !passesThrough, id == nil || !ended.contains(where: { $0 == id }) {
                // For one that has ended it is a late one, even if Lambda should try that again under the same id.
                earlyDones.append(id)
            }
            return 200
        case .status: return 200
        case .unknown: return 404
        case .wrongMethod: return 405
        case .malformed, .half: return 400
        }
    }

    private static func nextStatus(_ bytes: inout [UInt8]) -> Int? {
        guard bytes.count > 12 else { return nil }
        var end = 0
        while end + 4 <= bytes.count, bytes[end..<end + 4] != [13, 10, 13, 10] { end += 1 }
        guard end + 4 <= bytes.count else { return nil }
        let head = String(decoding: bytes[..<end], as: UTF8.self)
        guard let status = Int(head.dropFirst(9).prefix(3)), head.hasPrefix("HTTP/1.1 ") else {
            bytes = []
            return 0
        }
        var count = 0
        for line in head.split(separator: "\r\n") where line.hasPrefix("Content-Length: ") {
            count = Int(line.dropFirst(16)) ?? 0
        }
        guard bytes.count >= end + 4 + count else { return nil }
        bytes.removeFirst(end + 4 + count)
        return status
    }

    // MARK: Connections that end

    /// The extension stops watching a connection.
    func noteLeave(_ link: Link) {
        guard case .local = link.role, accounts[link.number]?.hasLeft == false else { return }
        accounts[link.number]?.hasLeft = true
        let isSession = sessions.contains { $0 === link }
        if !hasCause(link), isSession || !givesWay(link) {
            // A process that ends closes everything; one that waits again has no such excuse.
            suspicion =
                suspicion ?? ("closes \(isSession ? "the session's " : "")connection \(link.number) without a cause")
        }
        guard isSession else { return }
        sessions.removeAll { $0 === link }
        if sessions.isEmpty, owed != nil, owed?.reason == nil { owed?.reason = "the session closed" }
    }

    func noteClose(_ link: Link) {
        noteLeave(link)
        // A connection that another user made is turned away, and one that cannot be watched is let go.
    }

    private func hasCause(_ link: Link) -> Bool {
        guard let account = accounts[link.number] else { return true }
        if link.isLeaving || account.isSpoiled || account.isBroken || account.wasRefused || account.isLast
            || isTerminated || hasReadShutdown
        {
            return true
        }
        if link.role == .local(.unixAsOther) || hasReadFailure { return true }
        if let blocked = account.blockedSince, now.monotonic - blocked >= 59_999_000_000 { return true }
        let isWaiting = account.answered == 0 || !account.sent.isEmpty
        return isWaiting && now.monotonic - account.since >= 2_999_000_000
    }

    /// Whether it may be closed in favour of a newcomer.
    private func givesWay(_ link: Link) -> Bool {
        guard let account = accounts[link.number] else { return false }
        return account.answered > 0 && account.unanswered.isEmpty
            && world.kernel.openLinks.count { $0.role != .api } >= 64
    }

    // MARK: Waits

    func noteWait(hasProgressed: Bool) {
        if let suspicion { accuse(suspicion) }
        vainWaits = hasProgressed ? 0 : vainWaits + 1
        if vainWaits > 4 { accuse("spins: waits again and again, and does nothing between") }
        for link in world.kernel.openLinks where link.role != .api {
            let isBlocked = link.offeredCount > link.acceptedCount
            if isBlocked, accounts[link.number]?.blockedSince == nil {
                accounts[link.number]?.blockedSince = world.kernel.turnStart
            } else if !isBlocked {
                accounts[link.number]?.blockedSince = nil
            }
        }
    }

    /// The extension sleeps: nothing is ready, and nothing that it has read is left undone.
    func noteSleep(until deadline: Int64?) {
        vainWaits = 0
        for link in world.kernel.openLinks where link.role != .api {
            guard let account = accounts[link.number], !account.hasLeft else { continue }
            if link.hasEnded, link.arrived.isEmpty, link.room != 0, !account.isSpoiled {
                accuse("sleeps beside connection \(link.number), whose peer has gone")
            }
            if !account.unanswered.isEmpty, !account.wasRefused, link.offeredCount == link.acceptedCount, !isTerminated
            {
                accuse("sleeps without having answered \(account.unanswered[0].request) on \(link.number)")
            }
        }
        judgeDuties(until: deadline)
        guard let owed, !hasReadFailure, !hasReadShutdown, !isTerminated, !mayFail else { return }
        // A Next that was decided upon waits for its connection.
        guard let link = world.lambda.link, link.stage == .connected, link.room != 0 else { return }
        if let reason = owed.reason {
            return accuse("goes on holding \(owed.id), although: \(reason)")
        }
        guard let deadline else { return accuse("holds \(owed.id) without a timer") }
        guard !owed.clocksParted else { return }
        let left = owed.deadline - Int64(setup.margin) * 1_000_000 - now.wall
        let budget = setup.budget.map { Int64($0) * 1_000_000 - (now.monotonic - owed.start) } ?? .max
        if deadline > now.monotonic + max(0, min(left, budget)) + 1_000_000 { accuse("sleeps past the end of a hold") }
    }

    /// What must not wait while the extension sleeps.
    private func judgeDuties(until deadline: Int64?) {
        guard !mayFail, !hasReadFailure, !hasReadShutdown, !isTerminated else { return }
        if let link = world.lambda.link, link.stage == .connected, !link.isLeaving, link.room != 0 {
            if link.offeredCount > link.acceptedCount { accuse("sleeps with a request to Lambda half sent") }
            if nextIsDue { accuse("sleeps without having asked for Next") }
        }
        let open = world.kernel.openLinks.count { $0.role != .api }
        // Where there was no descriptor to be had it tries again soon.
        let triesSoon = deadline.map { $0 <= now.monotonic + 101_000_000 } ?? false
        if world.kernel.somebodyWaits, open < 64, !triesSoon { accuse("sleeps while somebody waits to be let in") }
    }

    /// What is wrong at the end, when every peer has gone and everything has been said.
    func judgeRest() {
        if let owed, !mayFail, !hasReadFailure { accuse("never lets go of \(owed.id)") }
        let left = world.kernel.openLinks.filter { $0.role != .api }
        if !left.isEmpty { accuse("keeps connections whose peers have gone: \(left.map(\.number))") }
    }

    /// Whether an exit code is right.
    func judgeExit(_ code: Int32) {
        switch code {
        case 0: if !hasReadShutdown, !isTerminated { accuse("ends well without being asked to") }
        case 1: if !mayFail, !hasReadFailure { accuse("gives up without a failure of Lambda's") }
        default: accuse("ends with \(code)")
        }
        if code == 0, hasReadFailure, !isTerminated { accuse("ends well after a failure of Lambda's") }
    }
}
