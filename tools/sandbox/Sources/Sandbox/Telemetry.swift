/// The Telemetry API's service: hands what happens, and what processes write, to the extensions that subscribed.
///
/// Whoever subscribes during an initialization gets what that initialization has brought so far, too. As in Lambda,
/// delivery goes on until the environment is frozen, and what is left then comes after the thaw; at shutdown
/// what waits goes at once, and so does what waits when a process has ended. After a restore the events of the initialization come again, with their old
/// times.
final class Telemetry {
    /// The most bytes that are kept for those who have not subscribed yet.
    private static let earlyLimit = 1 << 20
    private let loop: EventLoop
    private let settings: Settings
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var deliveries: [TelemetryDelivery] = []
    /// The events of an initialization under way; nil when nobody can subscribe any more.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var early: [TelemetryEvent]?
    private var earlyBytes = 0
    /// The events of the initialization itself that a snapshot keeps.
    private var ofInit: [TelemetryEvent] = []

    init(loop: EventLoop, settings: Settings) {
        self.loop = loop
        self.settings = settings
    }

    /// True if somebody listens, or may yet.
    private var isWatched: Bool { early != nil || !deliveries.isEmpty }

    /// Takes in what happened and what the service says of it, before any other observer.
    func observe(_ happening: Happening, _ records: [PlatformRecord]) {
        switch happening {
        case .note(.initStarted): (early, earlyBytes, ofInit, deliveries) = ([], 0, [], [])
        case .note(.restoreStarted):
            for event in ofInit { send(event) }
            ofInit = []
        default: break
        }
        guard isWatched else { return }
        for record in records where record.isTelemetry {
            let event = TelemetryEvent(record, settings)
            send(event)
            if settings.kind == .snapStart, record.isOfInit { ofInit.append(event) }
        }
        guard case .note(let note) = happening else { return }
        switch note {
        case .subscribed(let name, let subscription):
            let delivery = TelemetryDelivery(subscription, for: name, on: loop)
            deliveries.removeAll { $0.name == name }
            deliveries.append(delivery)
            for event in early ?? [] { delivery.take(event) }
        case .initEnded: early = nil
        case .frozen: for delivery in deliveries { delivery.sleep() }
        case .thawed: for delivery in deliveries { delivery.wake() }
        case .stopping: for delivery in deliveries { delivery.flush() }
        case .exited(let process, _, let isExpected):
            deliveries.removeAll { $0.name == process }
            // The function's last words; the extensions are ended behind it.
            if isExpected { for delivery in deliveries { delivery.flush() } }
        case .stopped: (early, deliveries) = (nil, [])
        default: break
        }
    }

    /// Takes in a line that a process wrote.
    func take(_ line: ByteView, of role: Role, at time: HappeningTime) {
        guard isWatched else { return }
        send(TelemetryEvent(line, of: role, at: time.wall, isStructured: settings.isLogStructured))
    }

    private func send(_ event: TelemetryEvent) {
        for delivery in deliveries { delivery.take(event) }
        guard early != nil, earlyBytes < Self.earlyLimit else { return }
        early!.append(event)
        earlyBytes += event.json(for: .version20250129).count
    }
}
