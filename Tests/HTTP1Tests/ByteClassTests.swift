import HTTP1
import TestSupport
import Testing

/// Every byte at every place in and around a machine word.
@Suite struct ByteClassTests {
    struct Place: CustomTestStringConvertible {
        let testDescription: String
        let before: String
        let after: String
        let isAllowed: @Sendable (UInt8) -> Bool
    }

    static let places = [
        Place(
            testDescription: "method", before: "", after: " / HTTP/1.1\r\nHost: h\r\n\r\n", isAllowed: ByteClass.isToken
        ),
        Place(
            testDescription: "target", before: "GET ", after: " HTTP/1.1\r\nHost: h\r\n\r\n",
            isAllowed: ByteClass.isTarget),
        Place(
            testDescription: "name", before: "GET / HTTP/1.1\r\nHost: h\r\nA", after: ": x\r\n\r\n",
            isAllowed: { ByteClass.isToken($0) || $0 == 0x3A }),
        Place(
            testDescription: "value", before: "GET / HTTP/1.1\r\nHost: h\r\nA: ", after: "\r\n\r\n",
            isAllowed: ByteClass.isValue),
        Place(
            testDescription: "host", before: "GET / HTTP/1.1\r\nHost: h", after: "h\r\n\r\n",
            isAllowed: ByteClass.isHost),
    ]

    @Test(arguments: places)
    func everyByteIsJudgedWhereverItStands(place: Place) {
        var table = FieldTable()
        for byte in UInt8.min...UInt8.max {
            for index in 0..<17 {
                var run = [UInt8](repeating: 0x61, count: 17)
                run[index] = byte
                // A space in the method or target ends it, and what follows it is then no target or version.
                let bytes = Array(place.before.utf8) + run + Array(place.after.utf8)
                let verdict = bytes.withByteView { requestVerdict($0, &table) }
                let isComplete = if case .complete = verdict { true } else { false }
                if isComplete != place.isAllowed(byte) {
                    Issue.record("byte \(byte) at \(index) in the \(place.testDescription): \(verdict)")
                }
            }
        }
    }

    @Test func fieldValuesToSendAreJudgedAlike() {
        for byte in UInt8.min...UInt8.max {
            for index in 0..<17 {
                var run = [UInt8](repeating: 0x61, count: 17)
                run[index] = byte
                let isAllowed = run.withByteView { isFieldValue($0) }
                if isAllowed != ByteClass.isValue(byte) { Issue.record("byte \(byte) at \(index)") }
            }
        }
        #expect(isFieldValue(""))
    }
}
