import CLinux

/// Judges what the extension says to functions and strangers, and whose connections it closes.
extension Witness {
    func judgeAnswers(_ link: Link, _ bytes: [UInt8]) {
        guard var account = accounts[link.number] else { return accuse("speaks before it was spoken to") }
        if link.role == .local(.unixAsOther) { accuse("serves another user") }
        account.answerBytes += bytes
        while let status = account.nextStatus() {
            if account.wasRefused {
                accuse("answers after a refusal")
            } else if let first = account.unanswered.first {
                account.unanswered.removeFirst()
                account.answered += 1
                account.since = world.kernel.turnStart
                if first.request == .lastCheck { account.isLast = true }
                let expected = expect(first.request, first.invocation, link, first.readAt)
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

    /// Notes the answer that a request must have, and what follows from it.
    private func expect(_ request: LocalRequest, _ invocation: Int, _ link: Link, _ readAt: Int) -> Int {
        switch request {
        case .check, .lastCheck:
            hasSessionlessSDK = true
            return 200
        case .session(let number), .pageSession(let number): return expectSession(number, link, readAt)
        case .done(let which), .chunkedDone(let which):
            let id = which.id(invocation)
            if id == nil, hasSession, !sessions.contains(where: { $0 === link }) { return 403 }
            noteDone(id)
            return 200
        case .status: return 200
        case .unknown: return 404
        case .wrongMethod: return 405
        case .malformed, .half: return 400
        }
    }

    private func noteDone(_ id: String?) {
        if let owed {
            // Next may be decided upon already and wait for its connection: then this one is early, or late.
            if owed.isExcused || owed.reason != nil { uncertainDones.append(id) }
            if id == nil || id == owed.id { self.owed?.reason = owed.reason ?? "done" }
        } else if !passesThrough, id == nil || !ended.contains(where: { $0 == id }) {
            // For one that has ended it is a late one, even if Lambda should try that again under the same id.
            earlyDones.append(id)
            // Of many the oldest are forgotten.
            if Set(earlyDones).count > 4 {
                uncertainDones += earlyDones
                earlyDones = []
            }
        }
    }

    // MARK: Pages

    /// The extension has passed a page with the first byte of an answer.
    func notePage(_ page: SimulatedPage, isWatched: Bool) {
        let seals = clinux_size_seals
        if page.seals & seals != seals { accuse("passes memory that the function can take away") }
        if !page.isMapped || !isWatched { accuse("passes a page that it does not look at") }
        guard let link = page.link, sessions.contains(where: { $0 === link }) else {
            return accuse("passes a page to whom has no session")
        }
        if link.role == .local(.tcp) { accuse("passes a page over TCP") }
        for other in world.kernel.pages where other !== page && other.link === link { other.isReplaced = true }
    }

    /// Before each call: notes what the extension says that it has taken from pages. Next comes later, as behind an answer.
    func notePages() {
        for page in world.kernel.pages {
            guard let id = page.nextTaken() else { continue }
            guard page.isMapped else { return accuse("takes what is in a page that it has left") }
            guard let id else { return accuse("takes what is no done") }
            noteDone(id)
        }
    }

    /// The extension sleeps, and has been told of everything.
    func judgePages() {
        if world.kernel.pageDescriptors.files > 0 { accuse("keeps the descriptor of a page's file") }
        var mapped = 0
        for page in world.kernel.pages where page.isMapped {
            mapped += 1
            if page.isWaiting, !page.isReplaced, !isTerminated { accuse("sleeps beside a done in a page") }
            if let link = page.link, !sessions.contains(where: { $0 === link }) {
                accuse("keeps the page of connection \(link.number), which is no session's")
            }
        }
        if mapped != world.kernel.pageDescriptors.events { accuse("keeps half a page") }
    }

    /// Returns the status with which a wish for a session must be answered, by how things stood when it was read.
    private func expectSession(_ number: Int, _ link: Link, _ readAt: Int) -> Int {
        // Where nothing is held nobody is kept out.
        if setup.isManaged { return 200 }
        let number = identity(number, link)
        if hasSession, sessionNumber == number, sessions.contains(where: { $0 === link }) { return 200 }
        if let end = sessionProcess?.end, end < readAt { accuse("takes a process that has ended for the session's") }
        if hasSession, sessionNumber != number { return 409 }
        sessionNumber = number
        sessions.append(link)
        if sessionProcess == nil {
            sessionProcess = world.kernel.watchedProcess(number)
            if sessionProcess == nil, isWatchable(number, readAt) {
                accuse("lets a connection stand for process \(number), which could be watched")
            }
        }
        return 200
    }

    /// The kernel's word counts; a number of another namespace is nobody's here.
    private func identity(_ number: Int, _ link: Link) -> UInt64 {
        switch link.role {
        case .local(.tcp), .api: UInt64(number)
        case .local(.unixFromElsewhere): UInt64(number) | 1 << 63
        case .local: UInt64(link.process)
        }
    }

    private func isWatchable(_ number: UInt64, _ readAt: Int) -> Bool {
        guard setup.hasProcessHandles, handleFault < readAt, let number = Int32(exactly: number) else { return false }
        return world.kernel.processes[number].map { $0.start < readAt } ?? false
    }

    private func endSession(_ reason: String) {
        sessions = []
        sessionProcess = nil
        if owed != nil, owed?.reason == nil { owed?.reason = reason }
    }

    /// The extension stops watching a process.
    func noteLeave(_ process: SimulatedProcess) {
        if !process.hasEnded { accuse("stops watching process \(process.number), which lives") }
        if process === sessionProcess { endSession("the session's process ended") }
    }

    // MARK: Connections that end

    /// The extension stops watching a connection.
    func noteLeave(_ link: Link) {
        guard case .local = link.role, accounts[link.number]?.hasLeft == false else { return }
        accounts[link.number]?.hasLeft = true
        let isSession = sessions.contains { $0 === link }
        // Of a session with several connections one stays.
        let isLast = isSession && sessions.count == 1
        if !hasCause(link), isLast || !givesWay(link) {
            // A process that ends closes everything; one that waits again has no such excuse.
            suspicion =
                suspicion ?? ("closes \(isLast ? "the session's " : "")connection \(link.number) without a cause")
        }
        guard isSession else { return }
        sessions.removeAll { $0 === link }
        if !hasSession { endSession("the session closed") }
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

    /// Returns true if it may be closed for a newcomer.
    private func givesWay(_ link: Link) -> Bool {
        guard let account = accounts[link.number] else { return false }
        return account.answered > 0 && account.unanswered.isEmpty
            && world.kernel.openLinks.count { $0.role != .api } >= 64
    }
}
