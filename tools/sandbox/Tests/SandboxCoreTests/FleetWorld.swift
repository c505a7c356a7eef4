import Randomness
import SandboxCore

/// Environments and callers of chance around a fleet's policy, and what must always hold there.
struct FleetWorld {
    private(set) var faults: [String] = []
    private var policy: FleetPolicy
    private var random: SplitMix64
    private let limits: FleetPolicy.Limits
    private var now = Moment.zero
    private var count = 0
    private var requests: [String: FleetPolicy.Request] = [:]
    /// The fate of each request.
    private var fates: [String: String] = [:]
    private var attempts: [String: Int] = [:]
    /// The invocations that an environment has, and its tenant; those that end have neither.
    private var environments: [Int: (tenant: String?, id: String?)] = [:]
    private var ending: Set<Int> = []
    /// The invocations whose END has come before their answer, or the reverse.
    private var halves: Set<String> = []

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        var limits = FleetPolicy.Limits()
        limits.environments = Int.random(in: 1...4, using: &random)
        limits.idle = Bool.random(using: &random) ? .milliseconds(300) : nil
        limits.retryAfter = .milliseconds(Int64.random(in: 0...200, using: &random))
        limits.eventAge = .seconds(2)
        limits.eventBytes = Int.random(in: 4000...20_000, using: &random)
        self.limits = limits
        policy = FleetPolicy(limits)
    }

    mutating func live(steps: Int) {
        for _ in 0..<steps {
            now = now + .milliseconds(Int64.random(in: 0...40, using: &random))
            // Whoever drives a policy keeps its time.
            if let deadline = policy.nextDeadline, deadline <= now { send(.time) }
            step()
        }
    }

    /// Lets everything come to an end.
    mutating func close() {
        for _ in 0..<10_000 {
            while let id = environments.values.compactMap(\.id).min() { end(id, .success) }
            ending.sorted().forEach { close($0) }
            guard let deadline = policy.nextDeadline else { break }
            // Idle ends are all that is left when no event is.
            if policy.eventCount == 0 { break }
            now = max(now, deadline)
            send(.time)
        }
        for id in requests.keys.sorted() where fates[id] == nil { faults.append("\(id) has no end") }
        send(.shutdown)
        ending.sorted().forEach { close($0) }
        if !policy.isClosed { faults.append("it does not close") }
    }

    private mutating func step() {
        let busy = environments.values.compactMap(\.id).sorted()
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1:
            count += 1
            let request = FleetPolicy.Request(
                "r\(count)", tenant: ["", "", "red", "blue"].randomElement(using: &random)!,
                isEvent: Bool.random(using: &random), bytes: Int.random(in: 0...3000, using: &random))
            requests[request.id] = request
            send(.invoke(request))
        case 2: if let number = ending.sorted().randomElement(using: &random) { close(number) }
        case 3:
            guard let id = busy.randomElement(using: &random), halves.insert(id).inserted else { return }
            send(.answered(id: id, .success))
        default:
            guard let id = busy.randomElement(using: &random) else { return }
            end(id, Bool.random(using: &random) ? .success : .failure)
        }
    }

    /// The bytes of the events that nothing is decided about.
    private var eventBytes: Int {
        requests.values.reduce(0) {
            $0 + ($1.isEvent && fates[$1.id] == nil ? $1.bytes + FleetPolicy.Limits.eventCost : 0)
        }
    }

    private mutating func end(_ id: String, _ result: FleetPolicy.Result) {
        for number in environments.keys where environments[number]!.id == id { environments[number]!.id = nil }
        if halves.remove(id) == nil {
            send(.answered(id: id, result), .ended(id: id))
        } else {
            send(.ended(id: id))
        }
        if !requests[id]!.isEvent { fates[id] = "answered" }
    }

    private mutating func close(_ number: Int) {
        ending.remove(number)
        send(.closed(environment: number))
    }

    private mutating func send(_ inputs: FleetPolicy.Input...) {
        for input in inputs { for action in policy.handle(input, at: now) { carryOut(action) } }
        if eventBytes > limits.eventBytes { faults.append("events take \(eventBytes) bytes") }
        if let deadline = policy.nextDeadline, deadline <= now, policy.handle(.time, at: now).isEmpty,
            policy.nextDeadline == deadline
        {
            faults.append("it asks for a time again and again")
        }
    }

    private mutating func carryOut(_ action: FleetPolicy.Action) {
        switch action {
        case .start(let number):
            environments[number] = (nil, nil)
            if environments.count > limits.environments { faults.append("too many environments") }
        case .deliver(let id, let number):
            let request = requests[id]!
            guard let environment = environments[number] else { return faults.append("\(id) went to \(number)") }
            if environment.id != nil { faults.append("\(id) went to a busy environment") }
            if environment.tenant ?? request.tenant != request.tenant { faults.append("\(id) is not this tenant's") }
            environments[number] = (request.tenant, id)
            attempts[id, default: 0] += 1
            if attempts[id]! > (request.isEvent ? 3 : 1) { faults.append("\(id) has an attempt too many") }
            for action in policy.handle(.ready(environment: number), at: now) { carryOut(action) }
            for action in policy.handle(.began(id: id), at: now) { carryOut(action) }
        case .end(let number):
            if environments.removeValue(forKey: number)?.id != nil { faults.append("\(number) ended at work") }
            ending.insert(number)
        case .refuse(let id):
            if requests[id]!.isEvent {
                if eventBytes <= limits.eventBytes { faults.append("the event \(id) was refused for nothing") }
            } else if environments.values.contains(where: { $0.id == nil }) {
                faults.append("\(id) was refused for nothing")
            }
            decide(id, "refused")
        case .interrupt(let id): decide(id, "interrupted")
        case .complete(let id): decide(id, "complete")
        case .discard(let id, let condition, let count):
            if count != attempts[id, default: 0] { faults.append("\(id) was tried \(attempts[id, default: 0]) times") }
            if condition == .retriesExhausted, count != 3 { faults.append("\(id) was given up early") }
            decide(id, condition.rawValue)
        }
    }

    private mutating func decide(_ id: String, _ fate: String) {
        if let other = fates.updateValue(fate, forKey: id) { faults.append("\(id) is \(fate) and \(other)") }
    }
}
