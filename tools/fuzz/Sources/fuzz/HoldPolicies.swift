import Bytes
import Hold

/// Decodes inputs for a hold policy from the bytes, two at a time: the oracle and the witness of the tests must
/// have nothing to say against what it does.
func checkHoldPolicy(_ bytes: ByteView) {
    guard bytes.count >= 2 else { return }
    let budgets: [Int64?] = [nil, 0, 400_000_000, 3_000_000_000, .max, -1]
    let margins: [Int64] = [50_000_000, 0, .max, 2_000_000_000]
    let settings = HoldPolicy.Settings(
        mode: bytes[0] & 1 == 0 ? .hold : .passThrough, deadlineMargin: margins[Int(bytes[0] >> 1) % margins.count],
        maximumHold: budgets[Int(bytes[1]) % budgets.count])
    var policy = HoldPolicy(settings)
    var oracle = Oracle(settings)
    var witness = Witness(settings)
    var now = ClockReading(monotonic: 3_000_000_000, wall: 1_700_000_000_000_000_000)
    var openSessions = 0
    var isUnruly = false
    var index = 2
    while index + 1 < bytes.count {
        let (kind, detail) = (bytes[index], bytes[index + 1])
        index += 2
        guard let happening = happening(kind, detail, &now, openSessions) else { continue }
        switch happening {
        case .open: openSessions += 1
        case .closed: openSessions -= 1
        // The platform sends an event in answer to Next only; the policy bears it, the witness does not know it.
        case .invoke: isUnruly = isUnruly || witness.owed != nil
        case .check, .done, .timer, .shutdown: break
        }
        let reaction = Reaction(policy.handle(happening.input, at: now), at: now)
        expectEqual(reaction, oracle.expect(happening, at: now), "the policy and the oracle at \(happening)")
        for (name, count) in policy.counters.all {
            expectEqual(count, oracle.counts[name, default: 0], "the count of \(name)")
        }
        if !isUnruly, let broken = witness.judge(happening, reaction, at: now, policy) { fail(broken) }
    }
}

/// The next thing that happens; nil when only time passed.
private func happening(_ kind: UInt8, _ detail: UInt8, _ now: inout ClockReading, _ openSessions: Int) -> Happening? {
    let id = Int(detail & 31) + 1
    switch kind % 12 {
    case 0: return .check
    case 1: return .open
    case 2: return openSessions > 0 ? .closed : nil
    case 3, 4:
        let ahead: [Int64] = [
            1_000_000_000, 0, 60_000_000, 10_000_000_000, -1, 50_000_000, 900_000_000_000, 49_999_999,
        ]
        return .invoke(id, deadline: now.wall &+ ahead[Int(detail >> 5)])
    case 5: return .invoke(id, deadline: [.min, 0, .max, -1][Int(detail >> 5) & 3])
    case 6: return .done(id, inSession: detail & 32 != 0 && openSessions > 0)
    case 7: return .done(nil, inSession: detail & 32 != 0 && openSessions > 0)
    case 8: return .timer
    case 9:
        // Both clocks go on; a little, or far.
        let gap = Int64(detail & 63) << (detail >> 6 == 3 ? 34 : detail >> 6 == 2 ? 27 : 20)
        now.monotonic += gap
        now.wall += gap
        return nil
    case 10:
        // The wall clock alone: set forward, or back.
        now.wall += (Int64(detail) - 128) << 26
        return nil
    default: return detail == 255 ? .shutdown : nil
    }
}
