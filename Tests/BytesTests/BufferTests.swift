import Bytes
import TestSupport
import Testing

@Suite struct BufferTests {
    @Test func appendsAndConsumes() {
        var buffer = Buffer()
        buffer.append("hello, ")
        buffer.append("world")
        buffer.consume(7)
        #expect(buffer.readable.string == "world")
        buffer.consume(5)
        #expect(buffer.readable.isEmpty)
    }

    @Test(arguments: [0, 7, 10, 99, 100, 18_446_744_073_709_551_615] as [UInt64])
    func writesNumbers(value: UInt64) {
        var buffer = Buffer()
        buffer.append(decimal: value)
        #expect(buffer.readable.string == String(value))
        buffer.removeAll()
        buffer.append(hexadecimal: value)
        #expect(buffer.readable.string == String(value, radix: 16))
    }

    @Test func releaseGivesMemoryBackAndTheBufferStaysUsable() {
        var buffer = Buffer(capacity: 100)
        buffer.append("x")
        buffer.release()
        let capacity = buffer.capacity
        #expect(capacity == 0)
        buffer.append("y")
        #expect(buffer.readable == "y")
    }

    /// Random appends and consumes against an array that does the same.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func behavesAsAQueueOfBytes(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var buffer = Buffer()
        var model: [UInt8] = []
        for _ in 0..<2_000 {
            switch random.next() % 4 {
            case 0:
                let bytes = (0..<Int(random.next() % 300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                bytes.withByteView { buffer.append($0) }
                model += bytes
            case 1:
                let byte = UInt8(truncatingIfNeeded: random.next())
                buffer.append(byte)
                model.append(byte)
            case 2:
                let count = model.isEmpty ? 0 : Int(random.next() % UInt64(model.count + 1))
                buffer.consume(count)
                model.removeFirst(count)
            default:
                let count = Int(random.next() % 64)
                let room = buffer.reserve(count)
                for index in 0..<count { room[index] = UInt8(truncatingIfNeeded: index) }
                buffer.commit(count)
                model += (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            }
            #expect(buffer.readable.array == model, "seed \(seed)")
        }
    }
}
