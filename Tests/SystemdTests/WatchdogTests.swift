import Systemd
import Testing

@Suite struct WatchdogTests {
    private static let variables: [(String?, String?, Duration?)] = [
        ("10000000", nil, .seconds(5)), ("10000000", "42", .seconds(5)), ("10000000", "43", nil),
        ("10000000", "nobody", nil), (nil, nil, nil), (nil, "42", nil), ("0", nil, nil), ("soon", nil, nil),
        ("-1", nil, nil), ("3", nil, .milliseconds(1)), ("18446744073709551615", nil, nil),
        ("5000", "42", .microseconds(2_500)),
    ]

    @Test(arguments: variables)
    func isHalfOfWhatTheManagerAllows(_ microseconds: String?, _ pid: String?, _ interval: Duration?) {
        let (time, process) = (Bytes(microseconds), Bytes(pid))
        #expect(Watchdog.interval(microseconds: time.view, pid: process.view, own: 42) == interval)
    }
}
