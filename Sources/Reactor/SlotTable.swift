/// A table whose rows are named by ``Token``s: slot and generation.
///
/// Insert, look-up and removal take constant time and, once the table has grown to its largest size, no memory. A token
/// whose row was removed finds nothing, even when its slot is in use again.
package final class SlotTable<Element> {
    private let rows = List<Row>()
    private var firstFree: UInt32 = .max

    private var filled = 0

    /// The number of elements.
    // Computed, as another module would check its access to a stored one at run time.
    package var count: Int { filled }

    package init() {}

    /// Puts an element into a free slot.
    package func insert(_ element: Element) -> Token {
        filled &+= 1
        if firstFree == Self.none {
            rows.append(Row(element: element, generation: 1, nextFree: Self.none))
            return Token(slot: UInt32(rows.count - 1), generation: 1)
        }
        let slot = firstFree
        let row = rows.place(Int(slot))
        firstFree = row.pointee.nextFree
        row.pointee.element = element
        return Token(slot: slot, generation: row.pointee.generation)
    }

    /// Takes an element out; nil when the token is stale.
    @discardableResult
    package func remove(_ token: Token) -> Element? {
        guard let row = row(of: token) else { return nil }
        let element = row.pointee.element.take()
        row.pointee.generation &+= 1
        row.pointee.nextFree = firstFree
        firstFree = token.slot
        filled &-= 1
        return element
    }

    /// The element a token names; nil when the token is stale.
    package subscript(token: Token) -> Element? { row(of: token)?.pointee.element }

    /// Changes the element a token names, where it is; nothing happens when the token is stale.
    package func update(_ token: Token, _ change: (inout Element) -> Void) {
        if let row = row(of: token) { change(&row.pointee.element!) }
    }

    /// Visits every element in the order of slots, those put in meanwhile too, if they come to be behind.
    package func forEach(_ body: (Token, Element) -> Void) {
        var slot = 0
        while slot < rows.count {
            let row = rows.place(slot)
            if let element = row.pointee.element {
                body(Token(slot: UInt32(slot), generation: row.pointee.generation), element)
            }
            slot += 1
        }
    }

    /// The row of a token; nil when the token is stale.
    private func row(of token: Token) -> UnsafeMutablePointer<Row>? {
        let slot = Int(token.slot)
        guard slot < rows.count else { return nil }
        let row = rows.place(slot)
        return row.pointee.generation == token.generation && row.pointee.element != nil ? row : nil
    }

    /// The end of the chain of free slots.
    private static var none: UInt32 { .max }

    private struct Row {
        var element: Element?
        var generation: UInt32
        var nextFree: UInt32
    }
}
