import LambdaExtension
import TestSupport
import Testing

extension EventLoop {
    /// Runs rounds until `condition` holds; fails the test when that never comes.
    func runRounds(until condition: () -> Bool) throws {
        let deadline = Instant.now + patience
        while !condition() {
            try #require(Instant.now < deadline, "waited in vain")
            try runOnce(until: deadline)
        }
    }
}
