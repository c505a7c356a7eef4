/// The room of a body that is written over time: how much of it may wait for the kernel, and when its writer is called again.
struct StreamRoom {
    /// The most bytes that wait.
    let limit: Int
    /// True while a writer that was given too little room waits to be called.
    private var isAwaited = false

    init(limit: Int) {
        precondition(limit > 0, "a stream without room")
        self.limit = limit
    }

    /// Returns the bytes there is room for behind those that wait; where there is none, the writer will be called.
    mutating func free(behind unsent: Int) -> Int {
        if unsent >= limit { isAwaited = true }
        return max(0, limit - unsent)
    }

    /// Returns true, once, if the writer is to be called: half of the room is free, so that its next writes are not tiny.
    mutating func isFreeAgain(behind unsent: Int) -> Bool {
        guard isAwaited, unsent <= limit / 2 else { return false }
        isAwaited = false
        return true
    }
}
