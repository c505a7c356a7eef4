import Reactor
import TestSupport
import Testing

@Suite struct ListTests {
    /// Says when it ends.
    private final class Guest {
        let number: Int
        let onEnd: (Int) -> Void

        init(_ number: Int, onEnd: @escaping (Int) -> Void) {
            self.number = number
            self.onEnd = onEnd
        }

        deinit { onEnd(number) }
    }

    /// Random comings and goings at both ends, against an array; the elements own memory.
    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func behavesAsAnArray(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let list = List<String>()
        var model: [String] = []
        for step in 0..<2_000 {
            switch random.next() % 8 {
            case 0 where !model.isEmpty: #expect(list.removeLast() == model.removeLast(), "seed \(seed)")
            case 1...3 where !model.isEmpty: #expect(list.removeFirst() == model.removeFirst(), "seed \(seed)")
            case 4 where !model.isEmpty:
                let index = Int(random.next() % UInt64(model.count))
                list[index] = "\(step), instead of what was there"
                model[index] = "\(step), instead of what was there"
            default:
                list.append("number \(step), long enough to be on the heap")
                model.append("number \(step), long enough to be on the heap")
            }
            #expect(list.count == model.count, "seed \(seed)")
            #expect((0..<list.count).map { list[$0] } == model, "seed \(seed)")
            if random.next() % 500 == 0 {
                list.removeAll()
                model.removeAll()
            }
        }
    }

    @Test func elementsEndOnceAndWithTheList() {
        var ended: [Int] = []
        do {
            let list = List<Guest>()
            for number in 1...5 { list.append(Guest(number) { ended.append($0) }) }
            _ = list.removeFirst()
            _ = list.removeLast()
            list[0] = Guest(6) { ended.append($0) }
            #expect(ended == [1, 5, 2])
            ended.removeAll()
            extendLifetime(list)
        }
        #expect(ended.sorted() == [3, 4, 6])
    }

    @Test func anElementsEndMayUseTheList() {
        let list = List<Guest>()
        var added = 0
        list.append(
            Guest(1) { _ in
                for number in 2...20 {
                    added += 1
                    list.append(Guest(number) { _ in })
                }
            })
        list.removeAll()
        #expect(added == 19)
        #expect(list.count == 0)
    }
}
