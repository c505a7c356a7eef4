/// The course of one run: its settings, and either a seed to draw the actions from or the actions themselves.
struct Script {
    /// The environment that the extension finds.
    struct Setup: Equatable {
        /// Milliseconds.
        var margin = 50
        var budget: Int?
        var isManaged = false
        var listensAtUnix = false
        var isSnapStart = false
        /// True if the kernel knows pidfd_open(2).
        var hasProcessHandles = true

        var listenerCount: Int { listensAtUnix ? 2 : 1 }

        var environment: [String] {
            var settings = [
                "AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001",
                "POSTINVOKE_ADDRESS=127.0.0.1:1339\(listensAtUnix ? ",unix:@postinvoke" : "")",
                "POSTINVOKE_DEADLINE_MARGIN_MS=\(margin)",
            ]
            if let budget { settings.append("POSTINVOKE_MAX_HOLD_MS=\(budget)") }
            if isManaged { settings.append("AWS_LAMBDA_INITIALIZATION_TYPE=lambda-managed-instances") }
            if isSnapStart { settings.append("AWS_LAMBDA_INITIALIZATION_TYPE=snap-start") }
            return settings
        }
    }

    let seed: UInt64
    var setup: Setup
    /// The number of actions that are drawn.
    let length: Int
    /// Nil to draw them.
    var actions: [Action]?

    init(seed: UInt64, length: Int) {
        self.seed = seed
        self.length = length
        var random = seed
        func draw(_ limit: UInt64) -> UInt64 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (random >> 33) % limit
        }
        var setup = Setup()
        if draw(4) == 0 { setup.margin = 0 }
        if draw(3) == 0 { setup.budget = 400 }
        setup.isManaged = draw(24) == 0
        setup.listensAtUnix = draw(3) == 0
        setup.isSnapStart = draw(5) == 0 && !setup.isManaged
        setup.hasProcessHandles = draw(3) != 0
        self.setup = setup
    }
}

extension Script: CustomStringConvertible {
    /// One line of settings, then one an action.
    var description: String {
        let lines = (actions ?? []).enumerated().map { number, action in
            let words = [
                "SimulationTests.", "LocalRequest.", "Which.", "Action.", "Transport.", "Call.", "Fault.", "Answer.",
            ]
            return "  \(number + 1). " + words.reduce("\(action)") { $0.replacing($1, with: "") }
        }
        return (["seed \(seed), \(setup)"] + lines).joined(separator: "\n")
    }
}
