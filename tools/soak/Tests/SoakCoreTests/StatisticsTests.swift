import Charts
@testable import SoakCore
import Terminal
import Testing

@Suite struct StatisticsTests {
    @Test func `Times have their percentiles, as a whole and in parts`() throws {
        var latencies = Latencies(parts: 10)
        // The last tenth is ten times slower; one part has nothing.
        for index in 0..<1_000 where index / 100 != 4 {
            let isLate = index >= 900
            latencies.record(nanoseconds: Int64(index % 100 + 1) * (isLate ? 10_000 : 1_000), at: Double(index) / 1_000)
        }
        latencies.finishPart()
        #expect(latencies.parts[4] == nil)
        #expect(latencies.parts.count { $0 != nil } == 9)
        let first = try #require(latencies.firstTenth)
        let last = try #require(latencies.lastTenth)
        #expect(first.count == 100 && last.count == 100)
        #expect((49_000...51_000).contains(first.p50))
        #expect((98_000...100_000).contains(first.p99))
        #expect((490_000...510_000).contains(last.p50))
        #expect(last.longest >= 999_000)
        #expect(latencies.all?.count == 900)
        #expect(latencies.parts[9] == last)
    }

    @Test func `What cannot be is held within bounds`() {
        var latencies = Latencies(parts: 1)
        latencies.record(nanoseconds: -5, at: 0)
        latencies.record(nanoseconds: .max, at: 1)
        latencies.finishPart()
        #expect(latencies.all?.count == 2)
    }

    /// Samples of processes that live for `life` invocations each and use this much at an age.
    private func usage(life: Int, kilobytes: (Int) -> Int, descriptors: (Int) -> Int = { _ in 10 }) -> Usage {
        var usage = Usage()
        for number in stride(from: 0, to: 100_000, by: 50) {
            let age = number % life
            usage.add(
                Usage.Sample(
                    place: Double(number) / 100_000, age: age, kilobytes: kilobytes(age), descriptors: descriptors(age))
            )
        }
        return usage
    }

    @Test func `Flat is flat`() throws {
        let usage = usage(life: 2_000, kilobytes: { 12_000 + $0 % 7 * 100 + ($0 < 200 ? -4_000 : 0) })
        #expect(try #require(usage.memory).isFlat)
        #expect(try #require(usage.descriptors).isFlat)
    }

    @Test func `A leak shows although processes are replaced all the time`() throws {
        let leaking = usage(life: 2_000, kilobytes: { 12_000 + $0 }, descriptors: { 10 + $0 / 500 })
        #expect(try !#require(leaking.memory).isFlat)
        #expect(try !#require(leaking.descriptors).isFlat)
        // One descriptor is enough.
        let one = usage(life: 2_000, kilobytes: { _ in 12_000 }, descriptors: { $0 > 1_000 ? 11 : 10 })
        #expect(try !#require(one.descriptors).isFlat)
        // What is under way comes and goes.
        let busy = usage(life: 2_000, kilobytes: { _ in 12_000 }, descriptors: { 10 + $0 * 7 % 13 })
        #expect(try #require(busy.descriptors).isFlat)
    }

    @Test func `Too few looks are not judged`() {
        var usage = usage(life: 150, kilobytes: { _ in 1 })
        #expect(usage.memory == nil)
        for age in 200..<219 { usage.add(Usage.Sample(place: 1, age: age, kilobytes: 1, descriptors: 1)) }
        #expect(usage.memory == nil)
        usage.add(Usage.Sample(place: 1, age: 219, kilobytes: 1, descriptors: 1))
        #expect(usage.memory?.isFlat == true)
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567"), (-1_000, "-1,000"),
    ])
    func `Numbers are grouped`(number: Int, text: String) { #expect(number.grouped == text) }

    @Test(arguments: [(0.4, "0:00"), (59.6, "1:00"), (3_599.0, "59:59"), (3_600.0, "1:00:00"), (7_384.0, "2:03:04")])
    func `Seconds are a clock's`(seconds: Double, text: String) { #expect(Progress.clock(seconds) == text) }

    @Test func `Progress says how long it will take`() {
        let progress = Progress(done: 5_000, total: 20_000, seconds: 5, kills: 5, lost: 1_000)
        #expect(
            progress.line == "5,000 of 20,000 (25 %), 1,000 a second, 0:15 left, 5 kills, 1,000 closures lost, 0 faults"
        )
        let bar = ProgressBar.line(progress.line, share: progress.place, width: 140)
        #expect(bar.hasPrefix("[==========                              ] 5,000 of"))
        #expect(ProgressBar.line(progress.line, share: progress.place, width: 60).count < 60)
        let many = Progress(done: 5_000, total: 20_000, seconds: 5, underWay: 61)
        #expect(many.line.contains("0:15 left, 61 under way, 0 kills"))
        let start = Progress(done: 0, total: 10, seconds: 0)
        #expect(start.line == "0 of 10 (0 %), 0 a second, 0 kills, 0 closures lost, 0 faults")
    }
}
