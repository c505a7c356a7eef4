import CLinux
import TestSupport

/// Draws what happens next from a seed and from how things stand: mostly what really happens, and now and then anything.
struct Dice {
    private var random: SeededGenerator
    private(set) var count: Int
    /// The emphases of this run, so that runs differ in more than their order.
    private let isFaulty: Bool
    private let isCrowded: Bool
    private let peerCount: Int

    init(seed: UInt64, count: Int) {
        random = SeededGenerator(seed: seed)
        self.count = count
        isFaulty = random.chance(1, in: 3)
        isCrowded = random.chance(1, in: 8)
        peerCount = [2, 3, 6, 20].randomElement(using: &random)!
    }

    /// The next action; nil when there is none left.
    mutating func roll(_ world: World) -> Action? {
        guard count > 0 else { return nil }
        count -= 1
        switch below(100) {
        case 0..<32: return .run
        case 32..<50: return deliver(world)
        case 50..<62:
            if random.chance(1, in: 2), let peer = holder(world) { return page(peer) }
            return .send(peer(world), request(world))
        case 62..<67:
            let ended = [7, 8].first { world.kernel.processes[$0]?.hasEnded ?? true }
            if let ended, random.chance(1, in: 3) { return .startProcess(ended) }
            return .connect(Int(below(UInt64(peerCount))), transport(world))
        case 67..<78: return lambdaActs(world)
        case 78..<84: return .deliverAnswer(some())
        case 84..<88:
            if world.script.setup.isSnapStart, random.chance(1, in: 5) { return restore() }
            return clocks()
        case 88..<91: return peerGoes(world)
        case 91..<93: return .window(peer(world), random.chance(1, in: 2) ? nil : Int(below(200)))
        case 93..<96: return isFaulty ? fault() : .run
        case 96: return random.chance(1, in: 2) ? .spurious(peer(world)) : .reorder(some(), limit: 1 + Int(below(5)))
        case 97: return .amidst(Int(below(4)), sudden(world))
        case 98: return isCrowded ? .crowd(Int(below(150))) : .run
        default: return rare()
        }
    }

    private mutating func below(_ limit: UInt64) -> UInt64 { random.next() % limit }

    /// A number of bytes: all, few or any.
    private mutating func some() -> Int {
        switch below(4) {
        case 0, 1: .max
        case 2: 1 + Int(below(3))
        default: Int(below(200))
        }
    }

    private mutating func peer(_ world: World) -> Int {
        if isCrowded, random.chance(1, in: 3) { return 1_000 + Int(below(150)) }
        return Int(below(UInt64(peerCount)))
    }

    private mutating func transport(_ world: World) -> Action.Transport {
        guard world.script.setup.listensAtUnix, random.chance(1, in: 2) else { return .tcp }
        switch below(16) {
        case 0, 1: return .unixAsOther
        case 2: return .unixFromElsewhere
        default: return .unix
        }
    }

    private mutating func deliver(_ world: World) -> Action {
        // To one that waits for it, in most cases.
        let waiting = world.peers.filter { $0.value.hasInFlight }.keys.sorted()
        guard let peer = waiting.randomElement(using: &random) else { return .deliver(peer(world), some()) }
        return .deliver(peer, some())
    }

    private mutating func request(_ world: World) -> LocalRequest {
        let which: LocalRequest.Which
        switch below(10) {
        case 0..<6: which = .current
        case 6: which = .previous
        case 7: which = .foreign
        default: which = .unnamed
        }
        switch below(40) {
        case 0..<2: return .check
        case 2..<13:
            // Now and then of a process that is not there, or of a number that none can have.
            if random.chance(1, in: 12) { return .session(random.chance(1, in: 2) ? 99 : 9_999_999_999) }
            let number = random.chance(1, in: 6) ? 8 : 7
            return world.script.setup.listensAtUnix && random.chance(2, in: 3) ? .pageSession(number) : .session(number)
        case 13..<30: return .done(which)
        case 30..<33: return .chunkedDone(which)
        case 33: return .status
        case 34: return .unknown
        case 35: return .wrongMethod
        case 36: return .lastCheck
        case 37: return .half
        default: return .malformed(Int(below(11)))
        }
    }

    /// A peer that has a page.
    private mutating func holder(_ world: World) -> Int? {
        let pages = world.kernel.pages
        guard !pages.isEmpty else { return nil }
        let holders = world.peers.filter { peer in pages.contains { $0.link === peer.value } }.keys.sorted()
        return holders.randomElement(using: &random)
    }

    private mutating func page(_ peer: Int) -> Action {
        switch below(10) {
        case 0: return .scribble(peer, random.next())
        case 1: return .ring(peer, 1 + Int(below(3)))
        default:
            let which: LocalRequest.Which = below(4) > 0 ? .current : random.chance(1, in: 2) ? .previous : .foreign
            return .tell(peer, which, isHasty: below(12) == 0, rings: below(12) > 0)
        }
    }

    private mutating func lambdaActs(_ world: World) -> Action {
        if let link = world.lambda.link, link.stage == .connecting { return .welcome(!random.chance(1, in: 60)) }
        let isChunked = random.chance(1, in: 4)
        switch world.lambda.pending.first?.call {
        case .next:
            switch below(400) {
            case 0: return .answer(.status(random.chance(1, in: 2) ? 403 : 500), isChunked: isChunked)
            case 1: return .answer(.garbage, isChunked: isChunked)
            case 2: return .answer(.brokenJSON, isChunked: isChunked)
            case 3: return .answer(.truncated, isChunked: isChunked)
            case 4...8: return .answer(.unknownEvent, isChunked: isChunked)
            case 9: return .answer(.shutdown, isChunked: isChunked)
            default:
                let deadlines: [Int64] = [-1_700_000_000_000, -1_000, 10, 100, 500, 3_000, 900_000]
                return .answer(
                    .invoke(deadline: deadlines.randomElement(using: &random)!, isRepeated: random.chance(1, in: 12)),
                    isChunked: isChunked)
            }
        case .register, .failure: return .answer(random.chance(1, in: 40) ? .status(500) : .fine, isChunked: isChunked)
        case nil:
            switch below(60) {
            case 0, 1: return .hangUp(isReset: false)
            case 2: return .hangUp(isReset: true)
            case 3...6: return .answerWindow(Int(below(150)))
            case 7...12: return .answerWindow(nil)
            default: return .run
            }
        }
    }

    private mutating func restore() -> Action {
        .restore(
            wall: Int64(below(100_000_000)), endsAPI: below(3) < 2, resetsAPI: random.chance(1, in: 2),
            resetsFunctions: random.chance(1, in: 2))
    }

    private mutating func clocks() -> Action {
        switch below(10) {
        case 0: return .clocks(wall: Int64(below(600_000)), monotonic: 0)
        case 1: return .clocks(wall: -Int64(below(5_000)), monotonic: 0)
        case 2: return .clocks(wall: 0, monotonic: Int64(below(1_000)))
        case 3:
            let gap = Int64(below(100_000))
            return .clocks(wall: gap, monotonic: gap)
        default:
            let gap = Int64(below(300))
            return .clocks(wall: gap, monotonic: gap)
        }
    }

    private mutating func peerGoes(_ world: World) -> Action {
        let peer = peer(world)
        switch below(5) {
        case 0: return .end(peer)
        case 1: return .reset(peer, keepsArrived: random.chance(1, in: 2))
        case 2: return .endProcess(random.chance(1, in: 4) ? 8 : 7, isSurvivedByConnections: random.chance(1, in: 3))
        default: return .close(peer)
        }
    }

    private mutating func sudden(_ world: World) -> Action {
        if random.chance(1, in: 4), let peer = holder(world) { return page(peer) }
        return switch below(8) {
        case 0, 1: .hangUp(isReset: true)
        case 2: .hangUp(isReset: false)
        case 3, 4: clocks()
        default: peerGoes(world)
        }
    }

    private mutating func fault() -> Action {
        let calls: [Action.Call] = [
            .wait, .accept, .read, .write, .control, .read, .write, .process, .watch, .memory, .memoryWrite, .seal,
            .map,
            .event, .watchPage, .pass,
        ]
        let call = calls.randomElement(using: &random)!
        let errors: [Int32]
        switch call {
        case .wait: errors = [EINTR]
        case .accept: errors = [EINTR, EAGAIN, EMFILE, ENFILE, ENOMEM, ENOBUFS, ECONNABORTED, EPROTO, ENETDOWN]
        case .read: errors = [EINTR, EINTR, EAGAIN, EAGAIN, ECONNRESET]
        case .write: errors = [EINTR, EINTR, EAGAIN, EAGAIN, ECONNRESET, EPIPE]
        case .control, .watch: errors = [ENOMEM, ENOSPC]
        case .process: errors = [EMFILE, ENFILE, ENOMEM, EPERM, EINVAL, EINTR]
        case .memory, .event: errors = [EMFILE, ENFILE, ENOMEM, EPERM, ENOSYS, EINTR]
        case .memoryWrite, .watchPage: errors = [ENOMEM, ENOSPC]
        case .seal: errors = [EPERM, EINVAL]
        case .map: errors = [ENOMEM, EPERM]
        case .pass: errors = [EINTR, EAGAIN, EPIPE, ENOMEM, ETOOMANYREFS]
        default: errors = [EMFILE]
        }
        if call == .memoryWrite, random.chance(1, in: 2) { return .fault(call, .short(8)) }
        if call == .read || call == .write, random.chance(1, in: 2) { return .fault(call, .short(1 + Int(below(40)))) }
        return .fault(call, .error(errors.randomElement(using: &random)!))
    }

    private mutating func rare() -> Action {
        switch below(40) {
        case 0: return .terminate
        case 1: return .fault(.socket, .error(EMFILE))
        case 2: return .fault(.listen, .error(EADDRINUSE))
        case 3: return .fault(.epoll, .error(EMFILE))
        case 4: return .fault(.signals, .error(ENFILE))
        case 5, 6: return .fault(.alarm, .error(EMFILE))
        default: return .run
        }
    }
}
