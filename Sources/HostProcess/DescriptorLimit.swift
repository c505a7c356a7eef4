#if !hasFeature(Embedded)
import CLinux

/// The number of descriptors that the process may have (getrlimit(2), `RLIMIT_NOFILE`).
package enum DescriptorLimit {
    /// The number of descriptors that a function needs beside its connections to Lambda: for files, for connections of
    /// its own and for the runtime.
    private static let reserve = 256
    private static let number = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

    /// Sees to it that so many connections can be had beside everything else, as far as the hard limit lets it. The soft limit
    /// stays where it is enough: programs that use select(2) rely on it.
    ///
    /// - Returns: the number of descriptors that the process may have now, or nil if that is enough.
    package static func raise(forConnections count: Int) -> Int? {
        var limit = rlimit()
        let needed = rlim_t(count + reserve)
        guard getrlimit(number, &limit) == 0, limit.rlim_cur < needed else { return nil }
        limit.rlim_cur = min(needed, limit.rlim_max)
        guard setrlimit(number, &limit) == 0, limit.rlim_cur == needed else {
            var left = rlimit()
            return getrlimit(number, &left) == 0 ? Int(left.rlim_cur) : 0
        }
        return nil
    }
}
#endif
