/// A few elements in the order in which they came, kept inline. A full list forgets its oldest.
struct ShortList<let capacity: Int, Element: Sendable>: Sendable {
    private var slots: InlineArray<capacity, Element?>
    private(set) var count = 0

    init() { slots = InlineArray(repeating: nil) }

    /// The first element that fits, from the oldest on.
    func first(where fits: (Element) -> Bool) -> Element? {
        for index in 0..<count {
            if let element = slots[index], fits(element) { return element }
        }
        return nil
    }

    /// Adds an element; returns whether the oldest had to go.
    mutating func append(_ element: Element) -> Bool {
        let isFull = count == capacity
        if isFull { remove(at: 0) }
        slots[count] = element
        count += 1
        return isFull
    }

    /// Removes the first element that fits; returns whether there was one.
    mutating func removeFirst(where fits: (Element) -> Bool) -> Bool {
        for index in 0..<count {
            guard let element = slots[index], fits(element) else { continue }
            remove(at: index)
            return true
        }
        return false
    }

    /// Removes all elements.
    mutating func removeAll() {
        for index in 0..<count { slots[index] = nil }
        count = 0
    }

    private mutating func remove(at removed: Int) {
        count -= 1
        for index in removed..<count { slots[index] = slots[index + 1] }
        slots[count] = nil
    }
}
