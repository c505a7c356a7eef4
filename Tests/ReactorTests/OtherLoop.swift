import Reactor

/// A loop that a thread of its own runs, for what must come from elsewhere. The concurrent pool will not do: its few
/// threads are those that block in the tests.
final class OtherLoop {
    let loop: EventLoop
    private var thread: OtherThread?

    init() throws(Errno) {
        let loop = try EventLoop()
        self.loop = loop
        thread = OtherThread { try! loop.run() }
    }

    /// Ends the thread.
    func end() {
        let loop = loop
        Task(executorPreference: loop) { loop.stop() }
        thread.take()?.join()
    }
}
