/// The armed timers of a loop: a binary heap by deadline, then by the order of arming.
///
/// Every timer knows its place in the heap, so that arming, moving and cancelling take O(log n).
struct TimerQueue {
    private var heap: [Entry] = []
    private var armed: UInt64 = 0

    /// The number of armed timers.
    var count: Int { heap.count }

    /// The earliest deadline; nil when nothing is armed.
    var earliest: Instant? { heap.first?.deadline }

    /// Arms a timer, or moves it when it is armed already.
    mutating func arm(_ timer: EventLoop.Timer, at deadline: Instant) {
        armed &+= 1
        let entry = Entry(deadline: deadline, order: armed, timer: timer)
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
    mutating func cancel(_ timer: EventLoop.Timer) {
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

    /// Takes the earliest timer out if it is due at `now` and was armed before `mark`.
    mutating func takeDue(at now: Instant, armedBefore mark: UInt64) -> EventLoop.Timer? {
        guard let first = heap.first, first.deadline <= now, first.order <= mark else { return nil }
        cancel(first.timer)
        return first.timer
    }

    /// What ``takeDue(at:armedBefore:)`` takes for now: timers armed later wait for the next round.
    var mark: UInt64 { armed }

    private mutating func siftUp(_ start: Int) {
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

    private mutating func siftDown(_ start: Int) {
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

    private mutating func place(_ entry: Entry, at index: Int) {
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
