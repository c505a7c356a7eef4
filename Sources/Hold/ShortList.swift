/// A few elements in the order in which they came, kept inline. A full list forgets its oldest.
struct ShortList<let capacity: Int, Element: Sendable>: Sendable {
    /// A ring: the oldest element can stand anywhere.
    private var slots: InlineArray<capacity, Element?>
    private var oldest = 0
    private(set) var count = 0

    init() { slots = InlineArray(repeating: nil) }

    /// The newest element that fits.
    ///
    /// It changes nothing, but is mutating: any other method would be handed a copy of the whole list.
    mutating func last(where fits: (Element) -> Bool) -> Element? {
        var index = count
        while index > 0 {
            index &-= 1
            if let element = slots[slot(index)], fits(element) { return element }
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

    /// Removes all elements.
    mutating func removeAll() {
        while count > 0 {
            count &-= 1
            slots[slot(count)] = nil
        }
    }

    /// The place of the element with this index; behind the newest of a full list stands the oldest.
    private func slot(_ index: Int) -> Int {
        let slot = oldest &+ index
        return slot < capacity ? slot : slot &- capacity
    }
}
