import CLinux
import CSimulatedKernel
import postinvoke

/// One run: the extension's `main` over a simulated kernel, and everybody around it, who do as the script says.
final class World {
    let script: Script
    private(set) var kernel: SimulatedKernel! = nil
    private(set) var lambda: LambdaSide! = nil
    private(set) var witness: Witness! = nil
    /// The actions performed so far, in order.
    private(set) var performed: [Action] = []

    private var dice: Dice?
    private var recorded: ArraySlice<Action>
    private(set) var peers: [Int: Link] = [:]
    private(set) var links: [Link] = []
    private var sudden: (countdown: Int, action: Action)?
    private var ending = 0
    private var pauses = 0
    private var lastCallCount = 0

    init(_ script: Script) {
        self.script = script
        dice = script.actions == nil ? Dice(seed: script.seed, count: script.length) : nil
        recorded = (script.actions ?? [])[...]
        kernel = SimulatedKernel(world: self)
        lambda = LambdaSide(world: self)
        witness = Witness(world: self, setup: script.setup)
    }

    /// Actions done and system calls made.
    var stepCount: Int { performed.count + kernel.callCount }

    // MARK: Running

    /// Runs the extension from its start to its end.
    ///
    /// - Returns: the broken promise, if there is one.
    func run() -> String? {
        let environment = script.setup.environment.map { UnsafePointer<CChar>(strdup($0)!) }
        defer { environment.forEach { free(UnsafeMutablePointer(mutating: $0)) } }
        let end = (environment.map(Optional.some) + [nil]).withUnsafeBufferPointer { environment in
            var kernel = simulated_kernel(
                context: Unmanaged.passUnretained(self).toOpaque(),
                call: { context, call in
                    let world = Unmanaged<World>.fromOpaque(context!).takeUnretainedValue()
                    let result = world.kernel.call(call!.pointee)
                    if world.witness.fault != nil { simulated_abandon() }
                    return result
                }, environment: environment.baseAddress)
            return simulated_run(&kernel, { _ in World.main() }, nil)
        }
        if end.signal != 0 { return "traps with signal \(end.signal)\(output)" }
        if !end.abandoned { witness.judgeExit(end.code) }
        return witness.fault.map { $0 + output }
    }

    private var output: String {
        kernel.errorOutput.isEmpty ? "" : "\nstandard error: " + String(decoding: kernel.errorOutput, as: UTF8.self)
    }

    private static func main() -> Int32 {
        var name = Array("/opt/extensions/postinvoke\0".utf8.map { CChar(bitPattern: $0) })
        return name.withUnsafeMutableBufferPointer { name in
            var arguments: [UnsafeMutablePointer<CChar>?] = [name.baseAddress, nil]
            return arguments.withUnsafeMutableBufferPointer { postinvokeMain(1, $0.baseAddress!) }
        }
    }

    // MARK: Called by the kernel

    /// Before each call.
    func tick(isWaiting: Bool) {
        guard let (countdown, action) = sudden else { return }
        sudden = countdown > 0 ? (countdown - 1, action) : nil
        guard countdown == 0 else { return }
        perform(action)
        // Frozen between reckoning how long to wait and waiting: the wait ends late by so much, as epoll_wait(2) has it.
        if isWaiting, case .clocks = action { witness.noteClocks(haveParted: true) }
    }

    /// When the extension waits: what happens until it goes on.
    func act() {
        if kernel.callCount - lastCallCount > 20_000 { return witness.accuse("runs away: 20000 calls in one turn") }
        lastCallCount = kernel.callCount
        while witness.fault == nil, let action = nextAction() {
            performed.append(action)
            if action == .run { return }
            perform(action)
        }
    }

    private func nextAction() -> Action? {
        if dice != nil { return dice!.roll(self) }
        return recorded.popFirst()
    }

    /// When it would sleep: if the script is at its end, everything comes to rest.
    func pause(until deadline: Int64?) {
        guard witness.fault == nil else { simulated_abandon() }
        let isOver = dice.map { $0.count == 0 } ?? recorded.isEmpty
        guard isOver else { return }
        pauses += 1
        if pauses > 2_000 {
            witness.accuse("does not come to rest")
            simulated_abandon()
        }
        if calmDown() { return }
        // A deadline that is years away is no end.
        if let deadline, deadline - kernel.monotonic < 86_400_000_000_000, ending < 4 {
            let gap = max(0, deadline - kernel.monotonic)
            kernel.monotonic += gap
            kernel.wall += gap
            witness.noteClocks(haveParted: false)
            return
        }
        ending += 1
        switch ending {
        case 1:
            for link in links where link.role != .api { link.close() }
            for process in kernel.processes.values where !process.hasEnded { kernel.endProcess(process.number) }
        case 2:
            witness.judgeRest()
            if witness.fault != nil { simulated_abandon() }
            lambda.answer(.shutdown, isChunked: false)
        case 3: perform(.terminate)
        default:
            // The wait after SIGTERM is timed.
            if let deadline, pauses < 1_990 {
                kernel.monotonic = max(kernel.monotonic, deadline)
            } else {
                witness.accuse("does not end")
                simulated_abandon()
            }
        }
    }

    /// Lets everything arrive that is on its way; true when something was.
    private func calmDown() -> Bool {
        sudden = nil
        kernel.faults = []
        var hasActed = false
        for link in links {
            if link.room != nil, link.offeredCount > link.acceptedCount || link.room == 0 { hasActed = true }
            link.room = nil
            if link.hasInFlight {
                link.deliver(.max)
                hasActed = true
            }
            if link.stage == .connecting {
                link.stage = .connected
                hasActed = true
            }
        }
        if lambda.isAsked, lambda.pending.contains(where: { $0.call != .next && !$0.link.isLeaving }) {
            lambda.answer(.fine, isChunked: false)
            hasActed = true
        }
        return hasActed
    }

    func connectToAPI() -> Link {
        let link = newLink(.api, of: 0, .connecting)
        lambda.connect(link)
        return link
    }

    private func newLink(_ role: Link.Role, of process: Int32, _ stage: Link.Stage = .connected) -> Link {
        let link = Link(number: links.count, role: role, process: process, stage: stage)
        links.append(link)
        return link
    }

    // MARK: Actions

    private func perform(_ action: Action) {
        switch action {
        case .run: break
        case .clocks(let wall, let monotonic):
            kernel.wall += wall * 1_000_000
            kernel.monotonic += max(0, monotonic) * 1_000_000
            witness.noteClocks(haveParted: wall != monotonic)
        case .startProcess(let number): kernel.startProcess(number)
        case .endProcess(let number, let isSurvivedByConnections): endProcess(number, isSurvivedByConnections)
        case .restore(let gap, let endsAPI, let resetsAPI, let resetsFunctions):
            guard script.setup.isSnapStart else { return }
            kernel.wall += gap * 1_000_000
            witness.noteClocks(haveParted: true)
            if endsAPI { hangUp(resetsAPI) }
            guard resetsFunctions else { return }
            for link in links where link.role != .api { link.reset(keepsArrived: true) }
        case .connect(let peer, let transport): connect(peer, transport)
        case .crowd(let count): for peer in 1_000..<1_000 + count { connect(peer, .tcp) }
        case .send(let peer, let request):
            guard let link = peers[peer], link.isSending else { return }
            link.send(request.text(invocation: lambda.invocation))
            witness.noteRequest(link, request, invocation: lambda.invocation)
        case .deliver(let peer, let count): peers[peer]?.deliver(count)
        case .tell(let peer, let which, let isHasty, let rings):
            page(of: peer)?.tell(which.id(lambda.invocation) ?? "", isHasty: isHasty, rings: rings)
        case .scribble(let peer, let seed): page(of: peer)?.scribble(seed)
        case .ring(let peer, let count): for _ in 0..<count { page(of: peer)?.event?.ring() }
        case .end(let peer): peers[peer]?.end()
        case .close(let peer): peers[peer]?.close()
        case .reset(let peer, let keepsArrived): peers[peer]?.reset(keepsArrived: keepsArrived)
        case .window(let peer, let room): peers[peer]?.room = room
        case .answer(let answer, let isChunked): lambda.answer(answer, isChunked: isChunked)
        case .deliverAnswer(let count): lambda.link?.deliver(count)
        case .welcome(let isWelcome):
            guard let link = lambda.link, link.stage == .connecting else { return }
            link.stage = isWelcome ? .connected : .refused(ECONNREFUSED)
            if !isWelcome { witness.mayFail = true }
        case .hangUp(let isReset): hangUp(isReset)
        case .answerWindow(let room): lambda.link?.room = room
        case .fault(let call, let fault): kernel.faults.append((call, fault))
        case .spurious(let peer): if let link = peers[peer] { kernel.spurious.append(link) }
        case .reorder(let shift, let limit): kernel.order = (shift, max(1, limit))
        case .amidst(let countdown, let action): sudden = (countdown, action)
        case .terminate:
            witness.isTerminated = true
            kernel.signalIsPending = true
        }
    }

    /// The page that a peer was passed last.
    private func page(of peer: Int) -> SimulatedPage? {
        guard let link = peers[peer] else { return nil }
        return kernel.pages.last { $0.link === link }
    }

    private func connect(_ peer: Int, _ transport: Action.Transport) {
        let family = transport == .tcp ? AF_INET : AF_UNIX
        guard kernel.isListening.contains(family), kernel.backlog[family, default: []].count < 128 else { return }
        let process = Self.process(of: peer)
        guard kernel.processes[process]?.hasEnded != true else { return }
        let link = newLink(.local(transport), of: transport == .unixFromElsewhere ? 0 : process)
        peers[peer] = link
        kernel.backlog[family, default: []].append(link)
    }

    /// The function has every second connection, a process beside it the others; who comes in a crowd is a stranger.
    private static func process(of peer: Int) -> Int32 { peer >= 1_000 ? 9 : peer % 2 == 0 ? 7 : 8 }

    private func endProcess(_ number: Int32, _ isSurvivedByConnections: Bool) {
        kernel.endProcess(number)
        guard !isSurvivedByConnections else { return }
        for link in links where link.role != .api && link.process == number { link.close() }
    }

    private func hangUp(_ isReset: Bool) {
        guard let link = lambda.link, link.stage == .connected else { return }
        // Between two calls nothing is lost by it; what was asked, in part or whole, is, and an answer on its way. A fresh
        // connection that ends is not made once more.
        if witness.maySurvive(link), lambda.awaitsNext(on: link), !link.hasInFlight, link.arrived.isEmpty {
            witness.mustAskAgain = true
        } else if lambda.isAsked || link.readCount == 0 || link.offeredCount > link.acceptedCount
            || !link.received.isEmpty
            || isReset && link.hasInFlight
        {
            witness.mayFail = true
        }
        if isReset { link.reset(keepsArrived: true) } else { link.close() }
    }
}
