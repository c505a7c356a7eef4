import Sandbox

/// Work that is to be done later, on a loop.
final class Delays {
    private let loop: EventLoop
    private var timers: [Int: EventLoop.Timer] = [:]
    private var last = 0

    init(loop: EventLoop) { self.loop = loop }

    /// Calls `body` once, so many microseconds from now.
    func after(_ microseconds: Int, _ body: @escaping () -> Void) {
        last += 1
        let number = last
        let timer = loop.makeTimer { [unowned self] in
            body()
            // It is being called: it must outlive this.
            let timer = timers.removeValue(forKey: number)
            loop.enqueue { _ = timer }
        }
        timers[number] = timer
        timer.arm(after: .microseconds(microseconds))
    }
}
