import LambdaAPI
import Testing

struct LogEntryTests {
    /// 2026-11-28T15:27:20.001Z
    private static let moment: Int64 = 1_795_879_640_001

    private func entry(
        _ log: ProcessLog, _ level: LogLevel, id: String? = nil, _ message: String
    ) -> String? {
        log.entry(level, logger: "tests", requestID: id, message, at: Self.moment).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    @Test(arguments: [
        ("plain", "plain"),
        ("", ""),
        ("boom\nEND RequestId: 0\n\u{1B}[31mred", "boom END RequestId: 0  [31mred"),
        ("\r\n\t\0\u{7F}", "     "),
        ("a\u{85}b\u{9B}31mc", "a b 31mc"),
        ("é €\u{A0}\u{2028}", "é €\u{A0}\u{2028}"),
    ])
    func textIsOneLineWhateverItQuotes(_ message: String, _ line: String) {
        #expect(entry(ProcessLog(), .error, message) == "tests: \(line)\n")
        #expect(entry(ProcessLog(), .error, id: "8f5a", message) == "tests: 8f5a: \(line)\n")
        #expect(entry(ProcessLog(), .error, id: message, "said") == "tests: \(line): said\n")
    }

    @Test func jsonSaysTheSameInFields() {
        let log = ProcessLog(format: .json)
        #expect(
            entry(log, .warn, id: "8f5a", "two\nlines \u{1B}[31m\u{7F}\u{9B}1m")
                == #"{"timestamp":"2026-11-28T15:27:20.001Z","level":"WARN","logger":"tests","#
                + #""message":"two\nlines \u001b[31m  1m","requestId":"8f5a"}"# + "\n")
        #expect(
            entry(log, .fatal, "it")
                == #"{"timestamp":"2026-11-28T15:27:20.001Z","level":"FATAL","logger":"tests","message":"it"}"# + "\n")
    }

    @Test func levelsBelowTheThresholdAreNotWritten() {
        let levels: [LogLevel] = [.trace, .debug, .info, .warn, .error, .fatal]
        for (place, threshold) in levels.enumerated() {
            for (other, level) in levels.enumerated() {
                #expect((entry(ProcessLog(threshold: threshold), level, "it") != nil) == (other >= place))
            }
        }
    }

    @Test func messagesThatNobodySeesAreNotMade() {
        func message() -> String {
            Issue.record("asked for")
            return ""
        }
        #expect(ProcessLog(threshold: .error).entry(.info, logger: "tests", message(), at: 0) == nil)
    }

    @Test(arguments: [
        ("INFO", LogLevel.info), ("info", .info), ("Trace", .trace), ("DEBUG", .debug), ("warn", .warn),
        ("ERROR", .error), ("fatal", .fatal), ("warning", nil), ("", nil), ("INFO ", nil),
    ])
    func levelsAreReadInAnyCase(_ text: String, _ level: LogLevel?) {
        #expect(text.withByteView { LogLevel($0) } == level)
    }

    @Test(arguments: [
        ("Text", LogFormat.text), ("JSON", .json), ("json", .json), ("TEXT", .text), ("xml", nil), ("", nil),
    ])
    func formatsAreReadInAnyCase(_ text: String, _ format: LogFormat?) {
        #expect(text.withByteView { LogFormat($0) } == format)
    }
}
