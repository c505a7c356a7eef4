/// The resources that a process uses, measured now and then, always while it waits for an event.
package struct Usage: Sendable {
    /// One look.
    package struct Sample: Equatable, Sendable {
        /// The place in the run, from 0 to 1.
        package var place: Double
        /// Invocations that this very process has seen.
        package var age: Int
        /// Its resident memory, in kilobytes.
        package var kilobytes: Int
        package var descriptors: Int

        package init(place: Double, age: Int, kilobytes: Int, descriptors: Int) {
            self.place = place
            self.age = age
            self.kilobytes = kilobytes
            self.descriptors = descriptors
        }
    }

    /// A verdict whether something stayed flat, and the numbers behind it.
    package struct Verdict: Equatable, Sendable {
        /// The median of the early samples.
        package var early: Int
        /// The median of the late ones, or their least.
        package var late: Int
        /// The largest value of the late samples that is still called flat.
        package var limit: Int
        /// True if the late value keeps to it.
        package var isFlat: Bool { late <= limit }
    }

    /// All looks, in order.
    package private(set) var samples: [Sample] = []

    /// Nothing seen yet.
    package init() {}

    package mutating func add(_ sample: Sample) { samples.append(sample) }

    /// Below this age a process is still warming up: pages are touched for the first time, pools filled.
    package static let warmUp = 200

    /// Memory is flat when the median of the fifth of the samples in which the process was oldest is at most 3 % and
    /// 768 KiB above the median of the fifth in which it was youngest, the warm-up left aside. Nil with too few samples.
    ///
    /// A leak shows with the age of a process and not with that of the run, in which processes are replaced.
    package var memory: Verdict? {
        verdict(of: \.kilobytes, late: Self.median) { early in early + early * 3 / 100 + 768 }
    }

    /// Descriptors are flat when there were no more at some look of the fifth at which the process was oldest than the median of
    /// the fifth at which it was youngest. What is under way has some, in one look more than in another; what leaks is
    /// there in all.
    package var descriptors: Verdict? { verdict(of: \.descriptors, late: { $0.min()! }) { $0 } }

    private func verdict(
        of value: (Sample) -> Int, late: ([Int]) -> Int, limit: (Int) -> Int
    ) -> Verdict? {
        let settled = samples.filter { $0.age >= Self.warmUp }.sorted { $0.age < $1.age }
        let fifth = settled.count / 5
        guard fifth >= 4 else { return nil }
        let early = Self.median(settled.prefix(fifth).map(value))
        return Verdict(early: early, late: late(settled.suffix(fifth).map(value)), limit: limit(early))
    }

    private static func median(_ values: [Int]) -> Int { values.sorted()[values.count / 2] }
}
