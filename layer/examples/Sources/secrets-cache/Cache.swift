import LambdaExtension

/// Secrets in bounded memory: what was used longest ago goes first. No clock of its own.
struct Cache {
    /// A secret as the origin gave it.
    struct Entry {
        let value: [UInt8]
        let mediaType: [UInt8]
        /// When it was fetched, in milliseconds on the wall clock: a monotonic one may stand still while frozen.
        let stored: Int64
        fileprivate var used: UInt64 = 0

        init(value: [UInt8], mediaType: [UInt8], stored: Int64) {
            self.value = value
            self.mediaType = mediaType
            self.stored = stored
        }
    }

    /// The knowledge of a name.
    enum Finding {
        case fresh(Entry)
        /// To be fetched anew, but good enough meanwhile.
        case stale(Entry)
        case missing
    }

    private let fresh: Int64
    private let stale: Int64
    private let maximumBytes: Int
    private var entries: [[UInt8]: Entry] = [:]
    private(set) var bytes = 0
    private var uses: UInt64 = 0

    /// - Parameters:
    ///   - fresh: milliseconds for which an entry is good.
    ///   - stale: milliseconds after those, for which it is better than nothing.
    init(fresh: Int64, stale: Int64, maximumBytes: Int) {
        self.fresh = fresh
        self.stale = stale
        self.maximumBytes = maximumBytes
    }

    /// Looks up a name, and forgets what has become too old.
    mutating func find(_ name: [UInt8], at now: Int64) -> Finding {
        guard var entry = entries[name] else { return .missing }
        let age = now - entry.stored
        // A clock that was set back makes an entry of the future: it is not to stay for ever.
        guard age >= 0, age < fresh + stale else {
            remove(name)
            return .missing
        }
        uses += 1
        entry.used = uses
        entries[name] = entry
        return age < fresh ? .fresh(entry) : .stale(entry)
    }

    /// Keeps a secret, and lets others go for it; one that is larger than everything together is not kept.
    mutating func store(_ name: [UInt8], _ entry: Entry) {
        remove(name)
        let size = Self.size(name, entry)
        guard size <= maximumBytes else { return }
        while bytes + size > maximumBytes, let oldest = entries.min(by: { $0.value.used < $1.value.used })?.key {
            remove(oldest)
        }
        uses += 1
        var entry = entry
        entry.used = uses
        entries[name] = entry
        bytes += size
    }

    private mutating func remove(_ name: [UInt8]) {
        if let entry = entries.removeValue(forKey: name) { bytes -= Self.size(name, entry) }
    }

    /// The cost of an entry, including what is kept about it.
    private static func size(_ name: [UInt8], _ entry: Entry) -> Int {
        name.count + entry.value.count + entry.mediaType.count + 128
    }
}
