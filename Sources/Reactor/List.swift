/// A growable row of elements that stands in for an array where the extension's size counts: of an array, every type of
/// element brings its own kilobyte of code; here all share the part that is large.
///
/// Elements come in at the end and go out at either. An element is out before it ends, so that its end may do anything to
/// the list. A list never shrinks, and is not copied: it is an object.
package final class List<Element> {
    // Release builds skip the run-time check of exclusive access, as the loop does.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var memory = RawMemory()

    package init() {}

    deinit {
        removeAll()
        memory.free()
    }

    /// The number of elements.
    package var count: Int { memory.count }

    /// The element at `index`, which is less than ``count``.
    package subscript(index: Int) -> Element {
        get { place(index).pointee }
        set { place(index).pointee = newValue }
    }

    /// The place of the element at `index`, which is less than ``count``; valid until the list changes: for looking at
    /// a part of an element that would cost to copy.
    package func place(_ index: Int) -> UnsafeMutablePointer<Element> {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: memory.count), "no such element")
        return memory.start.assumingMemoryBound(to: Element.self) + (memory.head &+ index)
    }

    /// Exchanges two elements.
    package func swapAt(_ first: Int, _ second: Int) {
        let (first, second) = (place(first), place(second))
        let element = first.move()
        first.moveInitialize(from: second, count: 1)
        second.initialize(to: element)
    }

    /// Puts an element behind the others.
    package func append(_ element: Element) {
        memory.makeRoom(MemoryLayout<Element>.stride)
        memory.count &+= 1
        place(count &- 1).initialize(to: element)
    }

    /// Takes the first element out, of a list that has one.
    package func removeFirst() -> Element {
        let first = place(0)
        memory.count &-= 1
        memory.head = memory.count == 0 ? 0 : memory.head &+ 1
        return first.move()
    }

    /// Takes the last element out, of a list that has one.
    package func removeLast() -> Element {
        let last = place(count &- 1)
        memory.count &-= 1
        return last.move()
    }

    /// Removes all elements and keeps the memory.
    package func removeAll() {
        while count > 0 { _ = removeLast() }
    }
}

/// The memory of a ``List``, which knows no more of the elements than their size: they are moved as bytes, as every type
/// may be that has no weak references.
private struct RawMemory {
    /// Points nowhere while there is no memory.
    var start = UnsafeMutableRawPointer(bitPattern: 16)!
    /// The place of the first element, and how many there are from there on.
    var head = 0
    var count = 0
    private var capacity = 0

    /// Makes room for one more element of `size` bytes.
    @inline(never)
    mutating func makeRoom(_ size: Int) {
        guard head &+ count == capacity else { return }
        let elements = start + head * size
        if head > count {
            start.copyMemory(from: elements, byteCount: count * size)
        } else {
            let larger = 2 * count + 4
            let moved = UnsafeMutableRawPointer.allocate(byteCount: larger * size, alignment: 16)
            moved.copyMemory(from: elements, byteCount: count * size)
            free()
            start = moved
            capacity = larger
        }
        head = 0
    }

    @inline(never)
    func free() {
        if capacity > 0 { start.deallocate() }
    }
}
