/// The armed timers of a loop: a binary heap by deadline, then by the order of arming.
///
/// Every timer knows its place in the heap, so that arming, moving and cancelling take O(log n). The timers hold the
/// queue, not the loop: a loop that is let go is freed although timers are armed.
final class TimerQueue {
    private let heap = List<Entry>()
    private var armed: UInt64 = 0
    /// While due timers are fired: the instant they are due at.
    private var phase: Instant?

    /// The number of armed timers.
    var count: Int { heap.count }

    /// The earliest deadline; nil when nothing is armed.
    var earliest: Instant? { heap.count > 0 ? heap.place(0).pointee.deadline : nil }

    /// Arms a timer, or moves it when it is armed already.
    func arm(_ timer: EventLoop.Timer, at deadline: Instant) {
        armed &+= 1
        // Armed by a timer's handler for the past, it must not stand before what is still to be fired in this phase.
        let entry = Entry(deadline: max(deadline, phase ?? deadline), order: armed, timer: timer)
        if timer.place >= 0 {
            heap[timer.place] = entry
            sift(timer)
        } else {
            timer.place = heap.count
            heap.append(entry)
            siftUp(timer.place)
        }
    }

    /// Disarms a timer; nothing happens when it is not armed.
    func cancel(_ timer: EventLoop.Timer) {
        let place = timer.place
        guard place >= 0 else { return }
        let last = heap.count - 1
        if place < last { exchange(place, last) }
        timer.place = -1
        _ = heap.removeLast()
        if place < heap.count { sift(heap[place].timer) }
    }

    /// Calls the timers due at `now`, in order, for as long as `goesOn` says so; the rest stays armed.
    ///
    /// A timer armed meanwhile waits for the next call, even when its deadline has passed.
    ///
    /// - Returns: the number of handlers called.
    func fire(at now: Instant, while goesOn: () -> Bool) -> Int {
        let last = armed
        phase = now
        defer { phase = nil }
        var fired = 0
        while goesOn(), heap.count > 0 {
            let first = heap[0]
            guard first.deadline <= now, first.order <= last else { break }
            cancel(first.timer)
            first.timer.handler()
            fired += 1
        }
        return fired
    }

    /// Disarms every timer.
    func removeAll() {
        while heap.count > 0 { heap.removeLast().timer.place = -1 }
    }

    /// Moves a timer whose deadline has changed to where it belongs.
    private func sift(_ timer: EventLoop.Timer) {
        siftUp(timer.place)
        siftDown(timer.place)
    }

    private func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard isBefore(child, parent) else { return }
            exchange(child, parent)
            child = parent
        }
    }

    private func siftDown(_ start: Int) {
        var parent = start
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { return }
            if child + 1 < heap.count, isBefore(child + 1, child) { child += 1 }
            guard isBefore(child, parent) else { return }
            exchange(child, parent)
            parent = child
        }
    }

    private func exchange(_ first: Int, _ second: Int) {
        heap.swapAt(first, second)
        heap.place(first).pointee.timer.place = first
        heap.place(second).pointee.timer.place = second
    }

    private func isBefore(_ first: Int, _ second: Int) -> Bool {
        let (first, second) = (heap.place(first), heap.place(second))
        let (one, other) = (first.pointee.deadline, second.pointee.deadline)
        return one == other ? first.pointee.order < second.pointee.order : one < other
    }

    private struct Entry {
        var deadline: Instant
        var order: UInt64
        var timer: EventLoop.Timer
    }
}
