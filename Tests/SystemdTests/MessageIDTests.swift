import Systemd
import Testing

@Suite struct MessageIDTests {
    @Test func eachIsAnIdentifierOfItsOwn() {
        let texts = MessageID.all.map { ByteView($0.text).string }
        #expect(Set(texts).count == texts.count)
        for text in texts {
            #expect(text.utf8.count == 32 && text.allSatisfy { $0.isHexDigit && !$0.isUppercase }, "\(text)")
        }
    }
}
