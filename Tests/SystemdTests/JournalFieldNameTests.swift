import Systemd
import Testing

@Suite struct JournalFieldNameTests {
    private static let candidates: [(String, Bool)] = [
        ("A", true), ("MESSAGE_ID", true), ("A1_", true), (String(repeating: "A", count: 64), true), ("", false),
        ("_PID", false), ("1A", false), ("a", false), ("A-B", false), ("A=B", false), ("A B", false), ("Ä", false),
        (String(repeating: "A", count: 65), false),
    ]

    @Test(arguments: candidates)
    func whatTheJournalTakes(_ name: String, _ isValid: Bool) {
        #expect(name.withByteView { JournalFieldName.isValid($0) } == isValid)
    }

    private static let texts: [(String, String)] = [
        ("", "META_"), ("request-id", "META_REQUEST_ID"), ("Größe", "META_GR____E"), ("9_lives", "META_9_LIVES"),
        ("a=b\nC=d", "META_A_B_C_D"), ("_x", "META__X"), ("\u{0}", "META__"),
        (String(repeating: "x", count: 100), "META_" + String(repeating: "X", count: 59)),
    ]

    @Test(arguments: texts)
    func anyTextBecomesAName(_ text: String, _ name: String) {
        var buffer = Buffer()
        text.withByteView { JournalFieldName.append($0, prefix: "META_", to: &buffer) }
        #expect(buffer.readable.string == name)
        #expect(JournalFieldName.isValid(buffer.readable))
    }

    @Test func everyByteBecomesAValidName() {
        for byte in UInt8.min...UInt8.max {
            var buffer = Buffer()
            [byte].withByteView { JournalFieldName.append($0, prefix: "X", to: &buffer) }
            #expect(JournalFieldName.isValid(buffer.readable), "\(byte)")
        }
    }
}
