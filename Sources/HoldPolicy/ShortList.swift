/// A few elements in the order in which they came, kept inline. A full list forgets its oldest.
struct ShortList<let capacity: Int, Element: Sendable>: Sendable {
    /// A ring: the oldest element can stand anywhere.
    private var slots: InlineArray<capacity, Element?>
    private var oldest = 0
    private(set) var count = 0

    init() { slots = InlineArray(repeating: nil) }

    /// The first element that fits, from the oldest on.
    func first(where fits: (Element) -> Bool) -> Element? {
        var index = 0
        while index < count {
            if let element = slots[slot(index)], fits(element) { return element }
            index &+= 1
        }
        return nil
    }

    /// Adds an element; returns whether the oldest had to go.
    mutating func append(_ element: Element) -> Bool {
        slots[slot(count)] = element
        guard count == capacity else {
            count &+= 1
            return false
        }
        oldest = slot(1)
        return true
    }

    /// Removes the first element that fits; returns whether there was one.
    mutating func removeFirst(where fits: (Element) -> Bool) -> Bool {
        var index = 0
        while index < count {
            if let element = slots[slot(index)], fits(element) {
                remove(at: index)
                return true
            }
            index &+= 1
        }
        return false
    }

    /// Removes all elements.
    mutating func removeAll() {
        while count > 0 { remove(at: count &- 1) }
    }

    private mutating func remove(at removed: Int) {
        count &-= 1
        var index = removed
        while index < count {
            slots[slot(index)] = slots[slot(index &+ 1)]
            index &+= 1
        }
        slots[slot(count)] = nil
    }

    /// Where the element with this index stands; behind the newest of a full list stands the oldest.
    private func slot(_ index: Int) -> Int {
        let slot = oldest &+ index
        return slot < capacity ? slot : slot &- capacity
    }
}
