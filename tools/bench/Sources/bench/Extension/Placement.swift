import CBench

/// Where the client and the extension run.
struct Placement: Equatable {
    let name: String
    /// The CPU of the client and the API; -1 for any.
    let client: Int32
    /// The CPU of the extension; -1 for any.
    let `extension`: Int32

    /// One core, two cores where there are two, and wherever the kernel likes; the first is what goals are for.
    static func all(preferring cpu: Int?) -> [Placement] {
        let allowed = (0..<1024).filter { bench_may_use(Int32($0)) != 0 }
        let first = Int32(cpu ?? allowed.last ?? 0)
        var all = [Placement(name: "one core", client: first, extension: first)]
        if let other = allowed.first(where: { $0 != Int(first) }) {
            all.append(Placement(name: "two cores", client: first, extension: Int32(other)))
            all.append(Placement(name: "not pinned", client: -1, extension: -1))
        }
        return all
    }
}
