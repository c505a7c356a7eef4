import Bytes
import Hold
import Reactor
import TestSupport
import Testing

@Suite final class DonePageTests {
    private let file: SharedMemory
    private var function: DonePage
    private var layer: DonePage

    init() throws {
        let descriptor = try SharedMemory.makeFile()
        file = try SharedMemory(mapping: descriptor)
        function = DonePage(try SharedMemory(mapping: descriptor))
        layer = DonePage(try SharedMemory(mapping: descriptor))
    }

    private var isFree: Bool { function.isFree }
    private func write(_ id: UnsafeRawBufferPointer) -> Bool { function.write(id) }
    private func read() -> RequestID? { layer.read() }

    private func id(_ bytes: [UInt8]) -> RequestID? { bytes.withUnsafeBytes { RequestID($0) } }

    @Test(arguments: 0...130)
    func bringsUpTo128Bytes(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: 255 - $0) }
        let guarded = GuardedBytes(bytes)
        #expect(write(guarded.view.rawBuffer) == (1...128).contains(count))
        guard (1...128).contains(count) else {
            #expect(isFree)
            #expect(read() == nil)
            return
        }
        #expect(!isFree)
        #expect(read() == id(bytes))
    }

    @Test func oneAtATimeAndEachOnce() {
        #expect(isFree)
        #expect(read() == nil)
        for number in 1...5 as ClosedRange<UInt8> {
            #expect([number].withUnsafeBytes { write($0) })
            #expect(!isFree)
            #expect(read() == id([number]))
            #expect(read() == nil)
            #expect(!isFree)
            layer.acknowledge()
            #expect(isFree)
        }
    }

    /// Anything may be written into the page: it does no harm, and what follows it is heard.
    @Test(arguments: [0, 129, 130, 1 << 31, 1 << 63, UInt64.max])
    func whatMakesNoSenseIsNoDone(count: UInt64) {
        file.store(16, count)
        file.storeReleasing(0, 7)
        #expect(read() == nil)
        #expect(file.load(8) == 0)
        file.store(16, 3)
        // Under the same number it is not looked at again.
        #expect(read() == nil)
        file.store(17, 0x63_6261)
        file.storeReleasing(0, 0)
        #expect(read() == id([0x61, 0x62, 0x63]))
        layer.acknowledge()
    }

    @Test func theLayerTakesAnyBytesForAnID() {
        var random = SeededGenerator(seed: 1)
        for number in 1...1_000 as ClosedRange<UInt64> {
            for word in 16..<40 { file.store(word, random.next()) }
            let count = random.next() % 160
            file.store(16, count)
            file.storeReleasing(0, number << 40)
            #expect((read() != nil) == (1...128).contains(count))
            layer.acknowledge()
            #expect(file.load(8) == number << 40)
        }
    }
}
