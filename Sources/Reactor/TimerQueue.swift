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
    var earliest: Instant? { heap.count > 0 ? heap[0].deadline : nil }

    /// Arms a timer, or moves it when it is armed already.
    func arm(_ timer: EventLoop.Timer, at deadline: Instant) {
        armed &+= 1
        // Armed by a timer's handler for the past, it must not stand before what is still to be fired in this phase.
        let entry = Entry(deadline: max(deadline, phase ?? deadline), order: armed, timer: timer)
        if timer.place >= 0 {
            let place = timer.place
            heap[place] = entry
            siftUp(place)
            siftDown(timer.place)
        } else {
            heap.append(entry)
            timer.place = heap.count - 1
            siftUp(heap.count - 1)
        }
    }

    /// Disarms a timer; nothing happens when it is not armed.
    func cancel(_ timer: EventLoop.Timer) {
        let place = timer.place
        guard place >= 0 else { return }
        timer.place = -1
        let last = heap.removeLast()
        guard place < heap.count else { return }
        heap[place] = last
        last.timer.place = place
        siftUp(place)
        siftDown(last.timer.place)
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

    private func siftUp(_ start: Int) {
        var child = start
        let entry = heap[child]
        while child > 0 {
            let parent = (child - 1) / 2
            guard entry.isBefore(heap[parent]) else { break }
            place(heap[parent], at: child)
            child = parent
        }
        place(entry, at: child)
    }

    private func siftDown(_ start: Int) {
        var parent = start
        let entry = heap[parent]
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].isBefore(heap[child]) { child += 1 }
            guard heap[child].isBefore(entry) else { break }
            place(heap[child], at: parent)
            parent = child
        }
        place(entry, at: parent)
    }

    private func place(_ entry: Entry, at index: Int) {
        heap[index] = entry
        entry.timer.place = index
    }

    private struct Entry {
        var deadline: Instant
        var order: UInt64
        var timer: EventLoop.Timer

        func isBefore(_ other: Entry) -> Bool {
            deadline == other.deadline ? order < other.order : deadline < other.deadline
        }
    }
}
