import CLinux

/// A connection between the extension and a peer, as the kernel has it.
final class Link {
    enum Role: Equatable {
        case api
        case local(Action.Transport)
    }

    enum Stage: Equatable {
        case connecting, connected
        case refused(Int32)
    }

    /// In the order of their making, for messages.
    let number: Int
    let role: Role
    /// The number, in the extension's namespace, of the process that it belongs to; zero for a process outside of it.
    let process: Int32
    var stage: Stage

    // To the extension.
    /// The bytes that were sent and have not arrived, then those that have and were not read.
    private(set) var inFlight: [UInt8] = []
    private(set) var arrived: [UInt8] = []
    private var endIsInFlight = false
    /// True if the peer's end has arrived.
    private(set) var hasEnded = false
    /// The error of a reset, until it was reported, and whether there was one.
    private(set) var error: Int32?
    private(set) var isReset = false
    /// Bytes sent by the peer, and bytes read by the extension.
    private(set) var sentCount = 0
    private(set) var readCount = 0

    /// Counts what epoll(7) reports as news: bytes, the end, an error.
    private(set) var news = 0

    // From the extension.
    /// The number of bytes that the peer takes; nil for any number.
    var room: Int?
    /// True if nobody is there to take what comes.
    private(set) var isDeserted = false
    /// True if the extension has ended its direction.
    private(set) var isShut = false
    private(set) var acceptedCount = 0
    /// Everything that write was ever asked to take, once.
    private(set) var offeredCount = 0
    /// The bytes that the kernel took and the peer has not looked at.
    var received: [UInt8] = []

    init(number: Int, role: Role, process: Int32, stage: Stage = .connected) {
        self.process = process
        self.number = number
        self.role = role
        self.stage = stage
    }

    /// True if the peer can still say something.
    var isSending: Bool { !isReset && !hasEnded && !endIsInFlight && !isDeserted }
    /// True if the peer has gone, or is about to be seen gone.
    var isLeaving: Bool { isReset || hasEnded || endIsInFlight || isDeserted }
    var hasInFlight: Bool { !inFlight.isEmpty || endIsInFlight && !hasEnded }

    // MARK: The peer's side

    func send(_ text: String) {
        inFlight += Array(text.utf8)
        sentCount += text.utf8.count
    }

    func deliver(_ count: Int) {
        let count = min(count, inFlight.count)
        arrived += inFlight[..<count]
        inFlight.removeFirst(count)
        if inFlight.isEmpty, endIsInFlight { hasEnded = true }
        news += 1
    }

    func end() { endIsInFlight = true }

    func close() {
        endIsInFlight = true
        isDeserted = true
    }

    func reset(keepsArrived: Bool) {
        guard !isReset else { return }
        inFlight = []
        if !keepsArrived { arrived = [] }
        isReset = true
        isDeserted = true
        error = ECONNRESET
        news += 1
    }

    // MARK: The extension's side

    var events: UInt32 {
        switch stage {
        case .connecting: return 0
        case .refused: return clinux_epoll_out | clinux_epoll_err | clinux_epoll_hup
        case .connected: break
        }
        var events: UInt32 = 0
        if !arrived.isEmpty || hasEnded { events |= clinux_epoll_in }
        if isReset { events |= clinux_epoll_in | clinux_epoll_out | clinux_epoll_hup }
        if error != nil { events |= clinux_epoll_err }
        if hasEnded || isReset { events |= clinux_epoll_rdhup }
        if hasEnded, isShut { events |= clinux_epoll_hup }
        if room.map({ $0 > 0 }) ?? true { events |= clinux_epoll_out }
        return events
    }

    func read(into room: UnsafeMutableRawBufferPointer) -> Int64 {
        if !arrived.isEmpty {
            let count = min(room.count, arrived.count)
            arrived.withUnsafeBytes { room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            arrived.removeFirst(count)
            readCount += count
            return Int64(count)
        }
        if let error {
            self.error = nil
            return Int64(-error)
        }
        return hasEnded || isReset ? 0 : Int64(-EAGAIN)
    }

    /// Takes note of what the extension wants to write: the part that it had not offered before.
    func offer(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        let known = offeredCount - acceptedCount
        guard bytes.count > known else { return [] }
        offeredCount = acceptedCount + bytes.count
        return Array(bytes[known...])
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> Int64 {
        if stage != .connected { return Int64(-EAGAIN) }
        if let error {
            self.error = nil
            return Int64(-error)
        }
        if isReset || isShut { return Int64(-EPIPE) }
        let count = min(bytes.count, room ?? .max)
        guard count > 0 else { return Int64(-EAGAIN) }
        room = room.map { $0 - count }
        acceptedCount += count
        received += bytes[..<count]
        // A segment to a closed socket is taken, and answered with a reset.
        if isDeserted { reset(keepsArrived: true) }
        return Int64(count)
    }

    /// Carries out an injected failure of the connection.
    func breakDown() {
        isReset = true
        isDeserted = true
        inFlight = []
        arrived = []
        news += 1
    }

    func shut() { isShut = true }
}
