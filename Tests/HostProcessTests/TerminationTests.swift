import HostProcess
import Synchronization
import TestSupport
import Testing

@Suite struct TerminationTests {
    private final class Record: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    @Test func withNothingRunningThePhasesFollowAtOnce() {
        let (termination, record) = (Termination(), Record())
        termination.patience = .seconds(86_400)
        termination.atLast { record.add("last") }
        termination.whenAsked { record.add("asked \(termination.isAsked)") }
        #expect(!termination.isAsked)
        termination.run { record.add($0) }
        #expect(record.all == ["asked true", "last"])
    }

    @Test func whoeverRegistersLaterHearsOfItToo() {
        let (termination, record) = (Termination(), Record())
        termination.whenAsked {
            termination.whenAsked { record.add("while others hear") }
            record.add("first")
        }
        termination.run { record.add($0) }
        termination.whenAsked { record.add("afterwards") }
        #expect(record.all == ["first", "while others hear", "afterwards"])
    }

    @Test func whatRunsIsWaitedFor() {
        let (termination, record) = (Termination(), Record())
        termination.patience = patience
        termination.begin()
        termination.begin()
        termination.whenAsked {
            Thread.start {
                record.add("first ends")
                termination.end()
                record.add("second ends")
                // Work that ends may have begun other work.
                termination.begin()
                termination.end()
                record.add("third ends")
                termination.end()
            }
        }
        termination.atLast { record.add("last") }
        termination.run { record.add($0) }
        #expect(record.all == ["first ends", "second ends", "third ends", "last"])
    }

    @Test func whatEndedAndBeganAgainBeforeTheSignalCountsOnce() {
        let (termination, record) = (Termination(), Record())
        termination.patience = patience
        for _ in 0..<1_000 {
            termination.begin()
            termination.end()
        }
        termination.atLast { record.add("last") }
        termination.run { record.add($0) }
        #expect(record.all == ["last"])
    }

    @Test func whatTakesTooLongIsLeftBehind() {
        let (termination, record) = (Termination(), Record())
        termination.patience = .milliseconds(1)
        termination.begin()
        termination.begin()
        termination.atLast { record.add("last") }
        termination.run { record.add($0) }
        #expect(
            record.all
                == ["what ran at SIGTERM took longer than 0.001 seconds and was left behind", "last"])
    }

    @Test func manyThreadsMayEndAtTheSameMoment() {
        for _ in 0..<50 {
            let termination = Termination()
            let ended = Record()
            termination.patience = patience
            for _ in 0..<8 { termination.begin() }
            termination.whenAsked {
                for _ in 0..<8 {
                    Thread.start {
                        ended.add("one")
                        termination.end()
                    }
                }
            }
            termination.run { Issue.record("\($0)") }
            #expect(ended.all.count == 8)
        }
    }
}
