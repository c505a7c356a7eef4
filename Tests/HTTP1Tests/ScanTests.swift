import HTTP1
import TestSupport
import Testing

/// The wide scan against its plain twin, and both against the plainest statement of which bytes may stand where.
@Suite struct ScanTests {
    /// One byte set, its generic parameter bound.
    struct Subject: CustomTestStringConvertible {
        let testDescription: String
        let isAllowed: @Sendable (UInt8) -> Bool
        let contains: @Sendable (UInt8) -> Bool
        /// The end of a run by the plain scan.
        let plainEnd: @Sendable (ByteView, Int) -> Int
        /// The end of a run by the scan of sixteen bytes at a time.
        let runEnd: @Sendable (ByteView, Int) -> Int

        init<Set: ByteSet & SendableMetatype>(
            _ name: String, _ set: Set.Type, _ isAllowed: @escaping @Sendable (UInt8) -> Bool
        ) {
            testDescription = name
            self.isAllowed = isAllowed
            contains = { Set.contains($0) }
            plainEnd = { PlainScan.end(of: Set.self, in: $0, from: $1) }
            runEnd = { RunScan.end(of: Set.self, in: $0, from: $1) }
        }

        /// The end of every run in turn.
        func ends(_ end: (ByteView, Int) -> Int, _ bytes: ByteView, _ offset: Int) -> [Int] {
            var ends: [Int] = []
            var start = offset
            while start <= bytes.count {
                ends.append(end(bytes, start))
                start = ends.last! + 1
            }
            return ends
        }
    }

    static let subjects = [
        Subject("token", TokenBytes.self, ByteClass.isToken), Subject("target", TargetBytes.self, ByteClass.isTarget),
        Subject("value", ValueBytes.self, ByteClass.isValue), Subject("host", HostBytes.self, ByteClass.isHost),
    ]

    @Test(arguments: subjects)
    func everyByteIsInTheSetOrNot(_ subject: Subject) {
        for byte in UInt8.min...UInt8.max { #expect(subject.contains(byte) == subject.isAllowed(byte)) }
    }

    /// Every byte at every place of views of up to three blocks and a bit, which end at a protected page.
    @Test(arguments: subjects)
    func everyByteEndsARunWhereverItStands(_ subject: Subject) {
        let allowed = UInt8(ascii: "a")
        for count in [1, 7, 15, 16, 17, 31, 32, 33, 51] {
            let bytes = GuardedBytes(repeatElement(allowed, count: count))
            for index in 0..<count {
                defer { bytes[index] = allowed }
                for byte in UInt8.min...UInt8.max {
                    bytes[index] = byte
                    let expected = subject.isAllowed(byte) ? count : index
                    let ends = bytes.withView { [subject.runEnd($0, 0), subject.plainEnd($0, 0)] }
                    if ends != [expected, expected] {
                        Issue.record("byte \(byte) at \(index) of \(count): \(ends)")
                    }
                }
            }
        }
    }

    /// Random bytes, mostly allowed ones, at every length and from every offset: the same runs.
    @Test(arguments: subjects, 1...6 as ClosedRange<UInt64>)
    func bothScansSayTheSame(_ subject: Subject, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let allowed = (UInt8.min...UInt8.max).filter(subject.isAllowed)
        for count in 0...70 {
            let bytes = (0..<count).map { _ in
                random.chance(seed, in: 8)
                    ? UInt8(truncatingIfNeeded: random.next()) : allowed.randomElement(using: &random)!
            }
            GuardedBytes(bytes).withView { view in
                for offset in 0...count {
                    let plain = subject.ends(subject.plainEnd, view, offset)
                    let wide = subject.ends(subject.runEnd, view, offset)
                    if wide != plain { Issue.record("seed \(seed), \(bytes) from \(offset): \(wide), not \(plain)") }
                }
            }
        }
    }
}
