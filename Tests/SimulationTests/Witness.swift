import CLinux

/// Judges the extension by what passes between it and the kernel alone: bytes read and offered, connections accepted and
/// left, waits. It knows the promises and none of the code.
final class Witness {
    /// The meaning of an answer of Lambda's, once the extension has read it.
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
    var owed: Owed?
    private var nextIsDue = false
    /// The connection that Next was last offered on, and where it begins there.
    private var next: (link: Link, start: Int, readCount: Int, isAnswered: Bool)?
    /// True if a restored snapshot has taken the connection from under Next, which must be asked once more.
    var mustAskAgain = false
    private var hasAskedAgain = false
    private(set) var hasReadShutdown = false
    private(set) var hasReadFailure = false
    /// True if something has befallen the connection to Lambda, or the making of one, for which an end with 1 is right.
    var mayFail = false
    var isTerminated = false

    struct Owed {
        var id: String
        var deadline: Int64
        /// True if the deadline may count: it does not if it had passed when the extension looked at its clock, in the
        /// turn in which INVOKE came.
        var mayHaveDeadline: Bool
        var mustHaveDeadline: Bool
        /// When it began at the earliest: the extension reads its clock at some time of the turn in which INVOKE came, which may be
        /// frozen meanwhile.
        var start: Int64
        /// When it began at the latest; nil until that turn ends.
        var latestStart: Int64?
        /// Moments at which the clocks have parted since count too.
        var clocksParted = false
        /// True if Next may be asked and need not be.
        var isExcused = false
        /// Why Next may be asked.
        var reason: String?
    }

    // The functions' side.
    var hasSessionlessSDK = false
    var earlyDones: [String?] = []
    var uncertainDones: [String?] = []
    var ended: [String] = []
    /// The session's connections, the number of its process, and that process where it is watched.
    var sessions: [Link] = []
    var sessionNumber: UInt64 = 0
    var sessionProcess: SimulatedProcess?
    /// The kernel's count of calls when it last gave no handle of a process.
    var handleFault = -1
    var accounts: [Int: Account] = [:]
    private var vainWaits = 0
    var suspicion: String?
    private var listenerFaults = 0
    private var listenersMade = 0
    private(set) var passesThrough: Bool
    let setup: Script.Setup

    init(world: World, setup: Script.Setup) {
        self.world = world
        self.setup = setup
        passesThrough = setup.isManaged
    }

    func accuse(_ what: String) { if fault == nil { fault = what } }

    var now: (monotonic: Int64, wall: Int64) { (world.kernel.monotonic, world.kernel.wall) }
    private var isSDKPresent: Bool { !passesThrough && (hasSession || hasSessionlessSDK) }
    var hasSession: Bool { !sessions.isEmpty || sessionProcess != nil }

    /// Returns true if Next may be asked once more when this connection of it goes.
    func maySurvive(_ link: Link) -> Bool {
        guard setup.isSnapStart, !hasAskedAgain, let next, next.link === link, !next.isAnswered else { return false }
        return link.readCount == next.readCount
    }

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
        if var owed, owed.latestStart == nil {
            if owed.deadline > now.wall { owed.mayHaveDeadline = true } else { owed.mustHaveDeadline = false }
            self.owed = owed
        }
        // A decision of one moment may be carried out at another, by another clock.
        if let owed, isOverdue(owed) { self.owed?.isExcused = true }
    }

    func noteFault(_ call: Action.Call, _ error: Int32, on link: Link?) {
        guard error != EINTR, error != EAGAIN else { return }
        switch call {
        case .accept, .wait, .alarm: break
        case .memory, .memoryWrite, .seal, .map, .event, .watchPage, .pass: break
        case .process, .watch: handleFault = world.kernel.callCount
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
                    account.unanswered.append((first.request, first.invocation, world.kernel.callCount))
                }
            }
            accounts[link.number] = account
        }
    }

    private func take(_ meaning: Meaning, from link: Link) {
        if next?.link === link { next?.isAnswered = true }
        hasAskedAgain = false
        switch meaning {
        case .success: nextIsDue = next == nil
        case .unknownEvent: nextIsDue = true
        case .failure: hasReadFailure = true
        case .unfinished: break
        case .shutdown: hasReadShutdown = true
        case .invoke(let id, let deadline):
            ended.removeAll { $0 == id }
            let isPast = deadline <= now.wall
            owed = Owed(
                id: id, deadline: deadline, mayHaveDeadline: !isPast, mustHaveDeadline: !isPast,
                start: world.kernel.turnStart)
            if earlyDones.contains(id) || earlyDones.contains(nil) { owed?.reason = "done before it" }
            owed?.isExcused = uncertainDones.contains(id) || uncertainDones.contains(nil)
            if !isSDKPresent { owed?.reason = "nobody is there" }
            earlyDones = []
            uncertainDones = []
            noteClocks(haveParted: false)
        }
    }

    /// Notes how much of an offer the kernel took.
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
            // The same one once more: nothing of it may have left, unless it was left alone in a restored snapshot.
            if next.link.acceptedCount > next.start {
                if !maySurvive(next.link) { accuse("asks for Next again, although it had been sent") }
                hasAskedAgain = true
            }
            mustAskAgain = false
            self.next = (link, start, link.readCount, false)
            return
        }
        next = (link, start, link.readCount, false)
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
        if owed.mayHaveDeadline, now.wall >= owed.deadline - Int64(setup.margin) * 1_000_000 { return true }
        return setup.budget.map { now.monotonic - owed.start >= Int64($0) * 1_000_000 } ?? false
    }

    // MARK: Waits

    func noteWait(hasProgressed: Bool) {
        if let suspicion { accuse(suspicion) }
        if let owed, owed.latestStart == nil { self.owed?.latestStart = now.monotonic }
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
        if sessionProcess?.hasEnded == true { accuse("sleeps beside a process that has ended") }
        for link in world.kernel.openLinks where link.role != .api {
            guard let account = accounts[link.number], !account.hasLeft else { continue }
            if link.hasEnded, link.arrived.isEmpty, link.room != 0, !account.isSpoiled {
                accuse("sleeps beside connection \(link.number), whose peer has gone")
            }
            guard !account.wasRefused, link.offeredCount == link.acceptedCount else { continue }
            if !account.isLast, !account.isSpoiled, !link.arrived.isEmpty {
                accuse("sleeps beside what has arrived on connection \(link.number)")
            }
            if !account.unanswered.isEmpty, !isTerminated {
                accuse("sleeps without having answered \(account.unanswered[0].request) on \(link.number)")
            }
        }
        judgePages()
        judgeDuties(until: deadline)
        guard let owed, !hasReadFailure, !hasReadShutdown, !isTerminated, !mayFail else { return }
        // A Next that was decided upon waits for its connection.
        guard let link = world.lambda.link, link.stage == .connected, link.room != 0 else { return }
        if let reason = owed.reason {
            return accuse("goes on holding \(owed.id), although: \(reason)")
        }
        guard owed.mustHaveDeadline || setup.budget != nil else { return }
        guard let deadline else { return accuse("holds \(owed.id) without a timer") }
        guard !owed.clocksParted else { return }
        let left = !owed.mustHaveDeadline ? .max : owed.deadline - Int64(setup.margin) * 1_000_000 - now.wall
        let budget =
            setup.budget.map { Int64($0) * 1_000_000 - (now.monotonic - (owed.latestStart ?? owed.start)) } ?? .max
        if deadline > now.monotonic + max(0, min(left, budget)) + 1_000_000 { accuse("sleeps past the end of a hold") }
    }

    /// Judges the duties that must not wait while the extension sleeps.
    private func judgeDuties(until deadline: Int64?) {
        guard !mayFail, !hasReadFailure, !hasReadShutdown, !isTerminated else { return }
        if let link = world.lambda.link, link.stage == .connected, !link.isLeaving, link.room != 0 {
            if link.offeredCount > link.acceptedCount { accuse("sleeps with a request to Lambda half sent") }
            if !link.arrived.isEmpty { accuse("sleeps beside an answer") }
            if nextIsDue { accuse("sleeps without having asked for Next") }
        }
        if mustAskAgain, let next, next.link === world.lambda.link, next.link.hasEnded || next.link.isReset {
            accuse("sleeps without having asked for Next once more")
        }
        let open = world.kernel.openLinks.count { $0.role != .api }
        // Where there was no descriptor to be had it tries again soon.
        let triesSoon = deadline.map { $0 <= now.monotonic + 101_000_000 } ?? false
        if world.kernel.somebodyWaits, open < 64, !triesSoon { accuse("sleeps while somebody waits to be let in") }
    }

    /// Judges the end, when every peer has gone and everything has been said.
    func judgeRest() {
        // Without a deadline nothing ends a hold but the word of an SDK without a session.
        let canEnd = owed.map { $0.mustHaveDeadline || setup.budget != nil || !hasSessionlessSDK } ?? false
        if let owed, canEnd, !mayFail, !hasReadFailure { accuse("never lets go of \(owed.id)") }
        let left = world.kernel.openLinks.filter { $0.role != .api }
        if world.kernel.pages.contains(where: \.isMapped) { accuse("keeps pages whose connections have gone") }
        if !left.isEmpty { accuse("keeps connections whose peers have gone: \(left.map(\.number))") }
    }

    /// Returns true if an exit code is right.
    func judgeExit(_ code: Int32) {
        switch code {
        case 0: if !hasReadShutdown, !isTerminated { accuse("ends well without being asked to") }
        case 1: if !mayFail, !hasReadFailure { accuse("gives up without a failure of Lambda's") }
        default: accuse("ends with \(code)")
        }
        if code == 0, hasReadFailure, !isTerminated { accuse("ends well after a failure of Lambda's") }
    }
}
