import Sandbox

/// Passes a sandbox's reports on to an observer. It does not keep the observer: a sandbox keeps its own, and whoever
/// owns the sandbox and was kept by it would never go.
package final class Relay: Observer {
    private weak var observer: (any Observer)?

    package init(to observer: any Observer) { self.observer = observer }

    package func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {
        observer?.observe(happening, at: time, memory: memory)
    }
}
