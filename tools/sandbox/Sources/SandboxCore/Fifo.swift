/// Elements in the order in which they came.
struct Fifo<Element: Sendable>: Sendable {
    /// Those before ``head`` are gone, and nil.
    private var elements: [Element?] = []
    private var head = 0

    var count: Int { elements.count - head }
    var isEmpty: Bool { count == 0 }
    var first: Element? { isEmpty ? nil : elements[head] }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        defer {
            head += 1
            // Forget the places of what is gone now and then: not for ever in a queue which never runs dry, and not at each
            // step in a long one, which moves what is left.
            if head == elements.count || head > max(1024, elements.count / 2) {
                elements.removeFirst(head)
                head = 0
            }
        }
        return elements[head].take()
    }

    /// Takes out the first that a condition holds for.
    mutating func removeFirst(where condition: (Element) -> Bool) -> Element? {
        elements[head...].firstIndex { condition($0!) }.flatMap { elements.remove(at: $0) }
    }

    func contains(where condition: (Element) -> Bool) -> Bool { elements[head...].contains { condition($0!) } }

    /// Changes each.
    mutating func update(_ change: (inout Element) -> Void) {
        for index in elements.indices[head...] { change(&elements[index]!) }
    }
}
