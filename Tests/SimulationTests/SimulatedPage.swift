import CLinux

/// A file in memory with an eventfd, as the extension passes them to a function, and the function's use of them, fair or not.
final class SimulatedPage {
    /// As many words as a slot takes, and a few more.
    static let wordCount = 64
    private static let (written, taken, count, text) = (0, 8, 16, 17)

    let words = UnsafeMutablePointer<UInt64>.allocate(capacity: wordCount)

    // The extension's side.
    var byteCount = 0
    var seals: Int32 = 0
    var isMapped = false
    /// The connection that it was passed over.
    var link: Link?
    /// True if another was passed over the same connection.
    var isReplaced = false
    /// The function's eventfd.
    var event: SimulatedEvent?

    // The function's side.
    private var number: UInt64 = 0
    /// The number of the done that the extension said last that it has taken.
    private var acknowledged: UInt64 = 0
    /// True from a fair done, of which the extension was told, until anything unfair happens.
    private var isFair = false

    init() { words.initialize(repeating: 0, count: Self.wordCount) }
    deinit { words.deallocate() }

    /// Writes a done: fairly, if what was written before was taken.
    func tell(_ id: String, isHasty: Bool, rings: Bool) {
        guard words[Self.taken] == number || isHasty else { return }
        var bytes = Array(id.utf8)
        bytes += Array(repeating: 0xFF, count: (8 - bytes.count % 8) % 8)
        for (index, byte) in bytes.enumerated() {
            let shift = UInt64(index % 8 * 8)
            let word = words[Self.text + index / 8] & ~(0xFF << shift)
            words[Self.text + index / 8] = word | UInt64(byte) << shift
        }
        words[Self.count] = UInt64(id.utf8.count)
        number += 1
        words[Self.written] = number
        isFair = rings
        if rings { event?.ring() }
    }

    /// Writes anything anywhere.
    func scribble(_ seed: UInt64) {
        isFair = false
        var random = seed
        for _ in 0...seed % 5 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let places = [
                Self.written, Self.taken, Self.count, Self.text, Self.text + 1, Int(random >> 40) % Self.wordCount,
            ]
            let place = places[Int(random >> 33) % places.count]
            // A count is most fun where it nearly fits.
            words[place] = place == Self.count ? (random >> 50) % 200 : random | 1 << 63
            if place == Self.taken { acknowledged = words[place] }
        }
        event?.ring()
    }

    /// The done that the extension has said since the last time that it has taken, if it has; nil in it for what is no id.
    func nextTaken() -> String?? {
        guard words[Self.taken] != acknowledged else { return .none }
        acknowledged = words[Self.taken]
        isFair = false
        guard acknowledged == words[Self.written], let count = Int(exactly: words[Self.count]), 1...128 ~= count else {
            return .some(nil)
        }
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: words[Self.text + $0 / 8] >> UInt64($0 % 8 * 8)) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// True if there is a done that the extension must have seen, and has not taken.
    var isWaiting: Bool { isFair && words[Self.taken] != words[Self.written] }
}

/// An eventfd(2) that is never read.
final class SimulatedEvent {
    /// Counts writes, each of which epoll(7) reports as news.
    private(set) var news = 0
    var isOpen = true

    func ring() { news += 1 }
}
