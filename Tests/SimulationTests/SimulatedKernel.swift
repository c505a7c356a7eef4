import CLinux
import CSimulatedKernel

/// Descriptors, epoll and clocks for one simulated process: what epoll(7), tcp(7) and their kin promise, and every fault
/// that they allow.
final class SimulatedKernel {
    /// The object behind a descriptor.
    private enum Object {
        case epoll
        case signals
        /// The monotonic clock's reading at which it rings; 0 for none.
        case alarm(due: Int64)
        case socket(family: Int32)
        case listener(family: Int32)
        case link(Link)
        case process(SimulatedProcess)
        case memory(SimulatedPage)
        case event(SimulatedEvent)

        /// Counts what an edge-triggered registration is told of.
        var news: Int? {
            switch self {
            case .link(let link): link.news
            case .event(let event): event.news
            default: nil
            }
        }
    }

    private struct Registration {
        var events: UInt32
        var token: UInt64
        /// Where it is edge-triggered, the news that was reported last; nil when nothing was reported since it was
        /// asked for.
        var told: Int?

        func isSilent(about object: Object) -> Bool { events & clinux_epoll_et != 0 && told == object.news }
    }

    /// Nanoseconds.
    var monotonic: Int64 = 5_000_000_000
    var wall: Int64 = 1_700_000_000_000_000_000

    /// Connections that wait to be accepted, by family.
    var backlog: [Int32: [Link]] = [:]
    var signalIsPending = false
    var faults: [(call: Action.Call, fault: Action.Fault)] = []
    var spurious: [Link] = []
    var order = (shift: 0, limit: Int.max)
    private(set) var errorOutput: [UInt8] = []
    /// By number, those that have ended too until their numbers are used again.
    private(set) var processes: [Int32: SimulatedProcess] = [:]

    /// Those that were ever made.
    private(set) var pages: [SimulatedPage] = []

    private var objects: [Int32: Object] = [0: .signals, 1: .signals, 2: .signals]
    private var registrations: [Int32: Registration] = [:]

    /// True if something has come of what the last wait reported.
    private(set) var hasProgressed = true
    /// The monotonic clock when the last wait ended.
    private(set) var turnStart: Int64 = 5_000_000_000
    private(set) var callCount = 0
    /// The descriptors that the last wait reported, as long as they are open.
    private var told: Set<Int32> = []
    private(set) var isListening: Set<Int32> = []

    unowned let world: World

    init(world: World) {
        self.world = world
        for number in [7, 8] as [Int32] { startProcess(number) }
    }

    /// A process begins, under a number that no other has.
    func startProcess(_ number: Int32) {
        guard processes[number]?.hasEnded ?? true else { return }
        processes[number] = SimulatedProcess(number, at: callCount)
    }

    /// A process ends; one that has ended already is forgotten.
    func endProcess(_ number: Int32) {
        guard let process = processes[number] else { return }
        if process.hasEnded { processes[number] = nil }
        process.end(at: callCount)
    }

    /// The process with this number whose end the extension waits for.
    func watchedProcess(_ number: UInt64) -> SimulatedProcess? {
        for (fd, object) in objects {
            if case .process(let process) = object, UInt64(process.number) == number, registrations[fd] != nil {
                return process
            }
        }
        return nil
    }

    /// True if a connection waits to be accepted, and somebody listens there.
    var somebodyWaits: Bool { backlog.contains { isListening.contains($0.key) && !$0.value.isEmpty } }

    /// The links that the extension has a descriptor of.
    var openLinks: [Link] {
        objects.keys.sorted().compactMap { if case .link(let link)? = objects[$0] { link } else { nil } }
    }

    // MARK: Calls

    func call(_ call: simulated_call) -> Int64 {
        switch call.name {
        case simulated_clock: return call.first == Int64(CLOCK_REALTIME) ? wall : monotonic
        case simulated_write where call.fd <= 2:
            errorOutput += UnsafeRawBufferPointer(start: call.bytes, count: call.count)
            return Int64(call.count)
        default: break
        }
        callCount += 1
        world.witness.notePages()
        world.tick(isWaiting: call.name == simulated_epoll_wait)
        switch call.name {
        case simulated_epoll_create: return fail(.epoll) ?? open(.epoll)
        case simulated_epoll_control: return control(call)
        case simulated_epoll_wait: return wait(call)
        case simulated_socket: return fail(.socket) ?? open(.socket(family: Int32(call.first)))
        case simulated_bind, simulated_listen, simulated_connect: return prepare(call)
        case simulated_accept: return accept(call.fd)
        case simulated_read: return read(call)
        case simulated_write: return write(call)
        case simulated_pass: return pass(call)
        case simulated_memory_create:
            if let failure = fail(.memory) { return failure }
            let page = SimulatedPage()
            pages.append(page)
            return open(.memory(page))
        case simulated_seal:
            guard case .memory(let page)? = objects[call.fd] else { return bad("sealing no file") }
            if let failure = fail(.seal) { return failure }
            page.seals = Int32(call.first)
            return 0
        case simulated_map: return map(call)
        case simulated_unmap:
            guard let page = pages.first(where: { UnsafeMutableRawPointer($0.words) == call.bytes }) else { return 0 }
            page.isMapped = false
            return 1
        case simulated_event_create: return fail(.event) ?? open(.event(SimulatedEvent()))
        case simulated_shutdown:
            guard let link = link(call.fd) else { return bad("shutdown of no connection") }
            link.shut()
            return 0
        case simulated_close: return close(call.fd)
        case simulated_signalfd:
            if let failure = fail(.signals) { return failure }
            return call.fd >= 0 ? Int64(call.fd) : open(.signals)
        case simulated_alarm_create: return fail(.alarm) ?? open(.alarm(due: 0))
        case simulated_alarm_set:
            guard case .alarm? = objects[call.fd] else { return bad("setting no alarm") }
            if call.first > 0, let failure = fail(.alarm) { return failure }
            objects[call.fd] = .alarm(due: call.first)
            hasProgressed = true
            return 0
        case simulated_socket_error:
            guard let link = link(call.fd) else { return bad("the error of no connection") }
            if case .refused(let error) = link.stage { return Int64(error) }
            return 0
        case simulated_peer_family: return Int64(transport(call.fd) == .tcp ? AF_INET : AF_UNIX)
        case simulated_process_open:
            if let failure = fail(.process) { return failure }
            guard world.script.setup.hasProcessHandles else { return Int64(-ENOSYS) }
            guard let process = processes[Int32(call.first)] else { return Int64(-ESRCH) }
            return open(.process(process))
        case simulated_poll:
            guard case .process(let process)? = objects[call.fd] else { return bad("poll") }
            return process.hasEnded ? 1 : 0
        case simulated_peer_process: return Int64(link(call.fd)?.process ?? 0)
        case simulated_peer_user: return Int64(geteuid()) + (transport(call.fd) == .unixAsOther ? 1 : 0)
        default: return bad("an unknown call")
        }
    }

    private func fail(_ call: Action.Call, on link: Link? = nil) -> Int64? {
        guard let index = faults.firstIndex(where: { $0.call == call }), case .error(let error) = faults[index].fault
        else { return nil }
        faults.remove(at: index)
        world.witness.noteFault(call, error, on: link)
        return Int64(-error)
    }

    private func short(_ call: Action.Call) -> Int? {
        guard let index = faults.firstIndex(where: { $0.call == call }), case .short(let count) = faults[index].fault
        else { return nil }
        faults.remove(at: index)
        return count
    }

    /// The lowest free number, as POSIX has it, so that numbers are used again at once.
    private func open(_ object: Object) -> Int64 {
        var number: Int32 = 3
        while objects[number] != nil { number += 1 }
        objects[number] = object
        return Int64(number)
    }

    private func bad(_ what: String) -> Int64 {
        world.witness.accuse("\(what): a descriptor that is not open, or not for that")
        return Int64(-EBADF)
    }

    private func link(_ fd: Int32) -> Link? {
        guard case .link(let link)? = objects[fd] else { return nil }
        return link
    }

    private func transport(_ fd: Int32) -> Action.Transport {
        if case .local(let transport)? = link(fd)?.role { transport } else { .tcp }
    }

    private func prepare(_ call: simulated_call) -> Int64 {
        guard case .socket(let family)? = objects[call.fd] else { return bad("bind, listen or connect") }
        switch call.name {
        case simulated_bind: return fail(.listen) ?? 0
        case simulated_listen:
            objects[call.fd] = .listener(family: family)
            isListening.insert(family)
            world.witness.noteListening()
            return 0
        default:
            let link = world.connectToAPI()
            objects[call.fd] = .link(link)
            hasProgressed = true
            return Int64(-EINPROGRESS)
        }
    }

    private func accept(_ fd: Int32) -> Int64 {
        guard case .listener(let family)? = objects[fd] else { return bad("accept") }
        if let failure = fail(.accept) { return failure }
        guard let link = backlog[family]?.first else { return Int64(-EAGAIN) }
        backlog[family]?.removeFirst()
        hasProgressed = true
        world.witness.noteAccept(link)
        return open(.link(link))
    }

    private func read(_ call: simulated_call) -> Int64 {
        if case .signals? = objects[call.fd] {
            guard signalIsPending else { return Int64(-EAGAIN) }
            signalIsPending = false
            hasProgressed = true
            call.bytes.storeBytes(of: UInt32(SIGTERM), as: UInt32.self)
            return Int64(call.count)
        }
        guard let link = link(call.fd) else { return bad("read") }
        if let failure = fail(.read, on: link) {
            if failure == Int64(-ECONNRESET) {
                link.breakDown()
                hasProgressed = true
            }
            return failure
        }
        if !told.contains(call.fd) { world.witness.accuse("reads from \(link.number), of which it was told nothing") }
        let room = UnsafeMutableRawBufferPointer(start: call.bytes, count: min(call.count, short(.read) ?? .max))
        let result = link.read(into: room)
        if result != Int64(-EAGAIN) { hasProgressed = true }
        world.witness.noteRead(link, result)
        return result
    }

    private func write(_ call: simulated_call) -> Int64 {
        if case .memory(let page)? = objects[call.fd] {
            if let failure = fail(.memoryWrite) { return failure }
            page.byteCount = min(call.count, short(.memoryWrite) ?? .max)
            return Int64(page.byteCount)
        }
        guard let link = link(call.fd) else { return bad("write") }
        let bytes = UnsafeRawBufferPointer(start: call.bytes, count: call.count)
        world.witness.noteOffer(link, link.offer(bytes))
        if let failure = fail(.write, on: link) {
            if failure == Int64(-ECONNRESET) || failure == Int64(-EPIPE) {
                link.breakDown()
                hasProgressed = true
            }
            return failure
        }
        let result = link.write(UnsafeRawBufferPointer(rebasing: bytes[..<min(bytes.count, short(.write) ?? .max)]))
        if result != Int64(-EAGAIN) { hasProgressed = true }
        world.witness.noteWrite(link, result)
        if link.role == .api { world.lambda.receive(link) }
        return result
    }

    /// The descriptors go with the first byte.
    private func pass(_ call: simulated_call) -> Int64 {
        guard let link = link(call.fd), case .memory(let page)? = objects[Int32(call.first)],
            case .event(let event)? = objects[Int32(call.second)]
        else { return bad("sendmsg") }
        if let failure = fail(.pass) { return failure }
        let result = write(call)
        guard result > 0 else { return result }
        (page.link, page.event) = (link, event)
        world.witness.notePage(page, isWatched: registrations[Int32(call.second)] != nil)
        return result
    }

    private func map(_ call: simulated_call) -> Int64 {
        guard case .memory(let page)? = objects[call.fd] else { return bad("mmap") }
        if let failure = fail(.map) { return failure }
        guard call.first == Int64(MAP_SHARED), call.count == page.byteCount else {
            world.witness.accuse("maps \(call.count) of \(page.byteCount) bytes")
            return Int64(-EINVAL)
        }
        page.isMapped = true
        return Int64(Int(bitPattern: page.words))
    }

    /// The number of descriptors of files in memory, and of eventfds.
    var pageDescriptors: (files: Int, events: Int) {
        var found = (files: 0, events: 0)
        for object in objects.values {
            if case .memory = object { found.files += 1 }
            if case .event = object { found.events += 1 }
        }
        return found
    }

    private func close(_ fd: Int32) -> Int64 {
        guard fd > 2, let object = objects.removeValue(forKey: fd) else { return bad("close") }
        registrations[fd] = nil
        told.remove(fd)
        hasProgressed = true
        switch object {
        case .link(let link): world.witness.noteClose(link)
        case .listener(let family): isListening.remove(family)
        case .event(let event): event.isOpen = false
        default: break
        }
        return 0
    }

    // MARK: epoll

    private func control(_ call: simulated_call) -> Int64 {
        let fd = Int32(call.second)
        guard case .epoll? = objects[call.fd], objects[fd] != nil else { return bad("epoll_ctl") }
        hasProgressed = true
        if call.first == Int64(EPOLL_CTL_DEL) {
            guard registrations.removeValue(forKey: fd) != nil else { return Int64(-ENOENT) }
            if let link = link(fd) { world.witness.noteLeave(link) }
            if case .process(let process)? = objects[fd] { world.witness.noteLeave(process) }
            return 0
        }
        if call.first == Int64(EPOLL_CTL_ADD) {
            if let link = link(fd), let failure = fail(.control, on: link) { return failure }
            if case .alarm? = objects[fd], let failure = fail(.alarm) { return failure }
            if case .process? = objects[fd], let failure = fail(.watch) { return failure }
            if case .event? = objects[fd], let failure = fail(.watchPage) { return failure }
            guard registrations[fd] == nil else { return Int64(-EEXIST) }
        } else if registrations[fd] == nil {
            return Int64(-ENOENT)
        }
        let event = call.bytes.assumingMemoryBound(to: epoll_event.self)
        registrations[fd] = Registration(
            events: clinux_epoll_events(event), token: simulated_event_token(event))
        return 0
    }

    /// When the first alarm rings that is watched.
    private var firstAlarm: Int64? {
        let dues = registrations.keys.compactMap { fd in
            // The last instant is for holds without an end.
            if case .alarm(let due)? = objects[fd], due > 0, due < .max { due } else { nil }
        }
        return dues.min()
    }

    private func wait(_ call: simulated_call) -> Int64 {
        let timeout = call.first < 0 ? nil : monotonic + call.first * 1_000_000
        let deadline = [timeout, firstAlarm].compactMap(\.self).min()
        world.witness.noteWait(hasProgressed: hasProgressed)
        hasProgressed = false
        while true {
            world.act()
            if let failure = fail(.wait) {
                hasProgressed = true
                return failure
            }
            let told = tell(call)
            if told > 0 || timeout.map({ monotonic >= $0 }) ?? false {
                turnStart = monotonic
                return told
            }
            world.witness.noteSleep(until: deadline)
            world.pause(until: deadline)
        }
    }

    private func tell(_ call: simulated_call) -> Int64 {
        var ready: [(fd: Int32, events: UInt32, token: UInt64)] = []
        for fd in registrations.keys.sorted() {
            guard let registration = registrations[fd], let object = objects[fd] else { continue }
            var events: UInt32 = 0
            switch object {
            case .link(let link):
                events = registration.isSilent(about: object) ? 0 : link.events
                if let index = spurious.firstIndex(where: { $0 === link }) {
                    spurious.remove(at: index)
                    events |= clinux_epoll_in
                    hasProgressed = true
                }
            case .listener(let family): if backlog[family]?.isEmpty == false { events = clinux_epoll_in }
            case .signals: if signalIsPending { events = clinux_epoll_in }
            case .process(let process): if process.hasEnded { events = clinux_epoll_in }
            case .alarm(let due): if due > 0, monotonic >= due { events = clinux_epoll_in }
            case .event(let event):
                if event.news > 0, !registration.isSilent(about: object) {
                    events = clinux_epoll_in
                    hasProgressed = hasProgressed || registration.events & clinux_epoll_et != 0
                }
            case .epoll, .socket, .memory: break
            }
            events &= registration.events | clinux_epoll_err | clinux_epoll_hup
            if events != 0 { ready.append((fd, events, registration.token)) }
        }
        told = []
        guard !ready.isEmpty else { return 0 }
        let shift = order.shift % ready.count
        let count = max(1, min(ready.count, Int(call.count), order.limit))
        if order.limit < ready.count { hasProgressed = true }
        order = (0, .max)
        let events = call.bytes.assumingMemoryBound(to: epoll_event.self)
        for index in 0..<count {
            let event = ready[(index + shift) % ready.count]
            told.insert(event.fd)
            registrations[event.fd]?.told = objects[event.fd]?.news
            simulated_event_set(events + index, event.events, event.token)
        }
        return Int64(count)
    }
}
