/// A table whose rows are named by ``Token``s: slot and generation.
///
/// Insert, look-up and removal take constant time and, once the table has grown to its largest size, no memory. A token
/// whose row was removed finds nothing, even when its slot is in use again.
package struct SlotTable<Element> {
    private var rows: [Row] = []
    private var firstFree = Self.none

    /// The number of elements.
    package private(set) var count = 0

    package init() {}

    /// Puts an element into a free slot.
    package mutating func insert(_ element: Element) -> Token {
        count += 1
        if firstFree == Self.none {
            rows.append(Row(element: element, generation: 1, nextFree: Self.none))
            return Token(slot: UInt32(rows.count - 1), generation: 1)
        }
        let slot = Int(firstFree)
        firstFree = rows[slot].nextFree
        rows[slot].element = element
        return Token(slot: UInt32(slot), generation: rows[slot].generation)
    }

    /// Takes an element out; nil when the token is stale.
    @discardableResult
    package mutating func remove(_ token: Token) -> Element? {
        guard let slot = slot(of: token) else { return nil }
        let element = rows[slot].element
        rows[slot].element = nil
        rows[slot].generation &+= 1
        rows[slot].nextFree = firstFree
        firstFree = UInt32(slot)
        count -= 1
        return element
    }

    /// The element a token names; nil when the token is stale. Setting does nothing for a stale token.
    package subscript(token: Token) -> Element? {
        get { slot(of: token).flatMap { rows[$0].element } }
        set { if let slot = slot(of: token), newValue != nil { rows[slot].element = newValue } }
    }

    /// Visits every element in the order of slots; the table must not be changed meanwhile.
    package func forEach(_ body: (Token, Element) -> Void) {
        for slot in rows.indices {
            if let element = rows[slot].element {
                body(Token(slot: UInt32(slot), generation: rows[slot].generation), element)
            }
        }
    }

    private func slot(of token: Token) -> Int? {
        let slot = Int(token.slot)
        guard slot < rows.count, rows[slot].generation == token.generation, rows[slot].element != nil else {
            return nil
        }
        return slot
    }

    private static var none: UInt32 { .max }

    private struct Row {
        var element: Element?
        var generation: UInt32
        var nextFree: UInt32
    }
}
