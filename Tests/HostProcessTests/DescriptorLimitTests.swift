import CLinux
import HostProcess
import Testing

/// In processes of their own: the limit is everybody's.
struct DescriptorLimitTests {
    @Test func isRaisedWhereItIsTooLow() async {
        await #expect(processExitsWith: .success) {
            let hard = setLimit(64)
            try #require(hard >= 1_256)
            #expect(DescriptorLimit.raise(forConnections: 1_000) == nil)
            #expect(limit() == 1_256)
        }
    }

    @Test func staysWhereItIsEnough() async {
        await #expect(processExitsWith: .success) {
            let before = setLimit(700)
            try #require(before >= 700)
            #expect(DescriptorLimit.raise(forConnections: 64) == nil)
            #expect(limit() == 700)
        }
    }

    @Test func whatTheHardLimitLeavesIsTold() async {
        await #expect(processExitsWith: .success) {
            setLimit(64, hard: 512)
            #expect(DescriptorLimit.raise(forConnections: 1_000) == 512)
            #expect(limit() == 512)
        }
    }
}

private let number = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

private func limit() -> Int {
    var limit = rlimit()
    getrlimit(number, &limit)
    return Int(limit.rlim_cur)
}

/// - Returns: the hard limit.
@discardableResult
private func setLimit(_ soft: rlim_t, hard: rlim_t? = nil) -> rlim_t {
    var limit = rlimit()
    getrlimit(number, &limit)
    limit.rlim_cur = soft
    limit.rlim_max = hard ?? limit.rlim_max
    setrlimit(number, &limit)
    return limit.rlim_max
}
