/// Invocations in the order in which they came.
struct InvocationQueue: Sendable {
    struct Element: Sendable {
        let invocation: Invocation
        let received: Moment
        /// True if it came while the environment started, whose workers are then on their way.
        var isEarly = false
    }

    private var waiting: [Element] = []
    private var head = 0

    var isEmpty: Bool { head == waiting.count }

    mutating func append(_ invocation: Invocation, at moment: Moment) {
        waiting.append(Element(invocation: invocation, received: moment))
    }

    mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        defer {
            head += 1
            // Forget what is gone now and then, so that a queue which never runs dry does not grow for ever.
            if head == waiting.count || head > 1024 {
                waiting.removeFirst(head)
                head = 0
            }
        }
        return waiting[head]
    }

    /// The environment has started: whoever waits now came before that.
    mutating func markEarly() {
        for index in waiting.indices { waiting[index].isEarly = true }
    }

    /// Takes out the first that a condition holds for.
    mutating func removeFirst(where condition: (Element) -> Bool) -> Element? {
        waiting[head...].firstIndex(where: condition).map { waiting.remove(at: $0) }
    }
}
