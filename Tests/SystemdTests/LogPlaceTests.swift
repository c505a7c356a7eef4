import Systemd
import Testing

@Suite struct LogPlaceTests {
    private static let places: [(String?, Bool, LogPlace?)] = [
        (nil, true, .journal), (nil, false, .standardError), ("", true, .journal), ("", false, .standardError),
        ("journal", false, .journal), ("stderr", true, .text), ("json", true, .json), ("Journal", true, nil),
        ("stdout", false, nil),
    ]

    @Test(arguments: places)
    func isChosenByTheVariableThenByStandardError(_ value: String?, _ isJournal: Bool, _ place: LogPlace?) {
        #expect(LogPlace.choose(Bytes(value).view, isStandardErrorJournal: isJournal) == place)
    }
}
