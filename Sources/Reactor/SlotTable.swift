/// A table whose rows are named by ``Token``s: slot and generation.
///
/// Insert, look-up and removal take constant time and, once the table has grown to its largest size, no memory. A token
/// whose row was removed finds nothing, even when its slot is in use again.
package final class SlotTable<Element> {
    private let rows = List<Row>()
    private var firstFree: UInt32 = .max

    /// The number of elements.
    package private(set) var count = 0

    package init() {}

    /// Puts an element into a free slot.
    package func insert(_ element: Element) -> Token {
        count += 1
        if firstFree == Self.none {
            rows.append(Row(element: element, generation: 1, nextFree: Self.none))
            return Token(slot: UInt32(rows.count - 1), generation: 1)
        }
        let slot = Int(firstFree)
        var row = rows[slot]
        firstFree = row.nextFree
        row.element = element
        rows[slot] = row
        return Token(slot: UInt32(slot), generation: row.generation)
    }

    /// Takes an element out; nil when the token is stale.
    @discardableResult
    package func remove(_ token: Token) -> Element? {
        guard let slot = slot(of: token) else { return nil }
        let row = rows[slot]
        rows[slot] = Row(element: nil, generation: row.generation &+ 1, nextFree: firstFree)
        firstFree = UInt32(slot)
        count -= 1
        return row.element
    }

    /// The element a token names; nil when the token is stale. Setting does nothing for a stale token.
    package subscript(token: Token) -> Element? {
        get {
            guard let slot = slot(of: token) else { return nil }
            return rows[slot].element
        }
        set {
            guard let slot = slot(of: token), newValue != nil else { return }
            rows[slot] = Row(element: newValue, generation: token.generation, nextFree: Self.none)
        }
    }

    /// Visits every element in the order of slots, those put in meanwhile too, if they come to be behind.
    package func forEach(_ body: (Token, Element) -> Void) {
        var slot = 0
        while slot < rows.count {
            let row = rows[slot]
            if let element = row.element { body(Token(slot: UInt32(slot), generation: row.generation), element) }
            slot += 1
        }
    }

    private func slot(of token: Token) -> Int? {
        let slot = Int(token.slot)
        guard slot < rows.count else { return nil }
        let row = rows[slot]
        return row.generation == token.generation && row.element != nil ? slot : nil
    }

    /// The end of the chain of free slots.
    private static var none: UInt32 { .max }

    private struct Row {
        var element: Element?
        var generation: UInt32
        var nextFree: UInt32
    }
}
