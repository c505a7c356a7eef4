import Reactor
import TestSupport
import Testing

@Suite struct SlotTableTests {
    @Test func findsWhatWasPutIn() {
        let table = SlotTable<String>()
        let first = table.insert("first")
        let second = table.insert("second")
        #expect(first != second)
        #expect(table[first] == "first")
        #expect(table[second] == "second")
        #expect(table.count == 2)
    }

    @Test func aStaleTokenFindsNothingThoughItsSlotIsInUse() {
        let table = SlotTable<String>()
        let old = table.insert("old")
        #expect(table.remove(old) == "old")
        let new = table.insert("new")
        #expect(new.slot == old.slot)
        #expect(new.generation != old.generation)
        #expect(table[old] == nil)
        #expect(table.remove(old) == nil)
        table.update(old) { $0 = "written through a stale token" }
        #expect(table[new] == "new")
        #expect(table.count == 1)
    }

    @Test func aTokenThatWasNeverGivenFindsNothing() {
        let table = SlotTable<Int>()
        #expect(table[Token(slot: 0, generation: 1)] == nil)
        _ = table.insert(1)
        #expect(table[Token(slot: 1, generation: 1)] == nil)
        #expect(table[Token(slot: .max, generation: .max)] == nil)
        #expect(table.remove(Token(slot: 0, generation: 0)) == nil)
    }

    @Test func changesInPlace() {
        let table = SlotTable<Int>()
        let token = table.insert(1)
        table.update(token) { $0 += 1 }
        #expect(table[token] == 2)
    }

    @Test(arguments: [(0, 0), (0, 1), (1, 0), (7, 9), (.max, .max), (.max, 0)] as [(UInt32, UInt32)])
    func tokensSurvivePacking(slot: UInt32, generation: UInt32) {
        let token = Token(slot: slot, generation: generation)
        #expect(Token(packed: token.packed) == token)
        #expect(Token(packed: token.packed).slot == slot)
    }

    /// Random inserts and removals against a dictionary; every token ever given is asked for again.
    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func behavesAsADictionary(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let table = SlotTable<Int>()
        var model: [Token: Int] = [:]
        var given: [Token] = []
        for step in 0..<2_000 {
            if given.isEmpty || random.chance(1, in: 2) {
                let token = table.insert(step)
                #expect(model[token] == nil, "seed \(seed): a token in use was given again")
                model[token] = step
                given.append(token)
            } else {
                let token = given[Int(random.next() % UInt64(given.count))]
                #expect(table.remove(token) == model.removeValue(forKey: token), "seed \(seed)")
            }
            #expect(table.count == model.count, "seed \(seed)")
        }
        #expect(Set(given).count == given.count)
        for token in given { #expect(table[token] == model[token], "seed \(seed)") }
        var visited: [Token: Int] = [:]
        table.forEach { visited[$0] = $1 }
        #expect(visited == model, "seed \(seed)")
    }
}
