import Bytes
import Hold
import LambdaAPI
import Reactor
import Testing

/// The settings that layer and SDK read alike.
@Suite struct HoldSettingsTests {
    /// The addresses that a text names, and their texts, or the line about what is wrong with it.
    private func addresses(_ text: String?) -> [String] {
        var found: [String] = []
        do {
            try text.map { Array($0.utf8) }.withBytes { (bytes) throws(SettingError) in
                try HoldSettings.readAddresses(bytes) { found.append("\($0) as \($1.string)") }
            }
        } catch {
            return [error.description]
        }
        return found
    }

    private func limits(margin: String?, longest: String?) -> String {
        do {
            let settings = try margin.map { Array($0.utf8) }.withBytes { (margin) throws(SettingError) in
                try longest.map { Array($0.utf8) }.withBytes { (longest) throws(SettingError) in
                    try HoldSettings.policy(deadlineMargin: margin, maximumHold: longest)
                }
            }
            return "\(settings.mode.name), \(settings.deadlineMargin), \(settings.maximumHold.map { "\($0)" } ?? "-")"
        } catch {
            return error.description
        }
    }

    @Test(
        arguments: [
            (nil, ["127.0.0.1:1339 as 127.0.0.1:1339"]),
            ("127.0.0.1:1", ["127.0.0.1:1 as 127.0.0.1:1"]),
            ("127.0.0.1:65535,[::1]:2", ["127.0.0.1:65535 as 127.0.0.1:65535", "[::1]:2 as [::1]:2"]),
            (
                "unix:@a,unix:/tmp/b,127.9.9.9:3",
                ["unix:@a as unix:@a", "unix:/tmp/b as unix:/tmp/b", "127.9.9.9:3 as 127.9.9.9:3"]
            ),
        ] as [(String?, [String])])
    func goodAddresses(text: String?, expected: [String]) { #expect(addresses(text) == expected) }

    @Test(arguments: [
        ("0.0.0.0:1339", "is no port on loopback"), ("10.1.2.3:1339", "is no port on loopback"),
        ("[::]:1339", "is no port on loopback"), ("127.0.0.1:0", "is no port on loopback"),
        ("unix:@postinvoke,10.1.2.3:1339", "is no port on loopback"),
        ("unix:@", "has no socket path or name of 1 to 107 bytes"),
        ("unix:@postinvoke,", "has no port"), (",127.0.0.1:1", "has no port"), ("127.0.0.1", "has no port"),
        ("127.0.0.1:65536", "has no port from 0 to 65535"), ("127.0.0.1:port", "has no port from 0 to 65535"),
        (":1339", "has no valid host"),
        ("0177.0.0.1:1339", "has no valid host"), ("127.1:1339", "has no valid host"), ("", "has no port"),
    ])
    func badAddresses(text: String, fault: String) {
        let allowed =
            "host:port on loopback, such as 127.0.0.1:1339 or [::1]:1339, unix:@name, or several with commas between"
        #expect(addresses(text) == [#"POSTINVOKE_ADDRESS "\#(text)" \#(fault); allowed: \#(allowed)"#])
    }

    @Test(
        arguments: [
            (nil, nil, "hold, 50000000, -"), ("0", "1", "hold, 0, 1000000"),
            ("86400000", nil, "hold, 86400000000000, -"),
            (nil, "86400000", "hold, 50000000, 86400000000000"), ("007", nil, "hold, 7000000, -"),
        ] as [(String?, String?, String)])
    func goodLimits(margin: String?, longest: String?, expected: String) {
        #expect(limits(margin: margin, longest: longest) == expected)
    }

    @Test(
        arguments: [
            ("-1", "is out of range"), ("86400001", "is out of range"), ("99999999999999999999", "is out of range"),
            ("+1", "is no whole number"), ("50ms", "is no whole number"), ("1.5", "is no whole number"),
            (" 5", "is no whole number"), ("", "is no whole number"), ("-", "is no whole number"),
            ("--1", "is no whole number"), ("x\ny", "is no whole number"),
        ])
    func badLimits(text: String, fault: String) {
        let quoted = text.replacing("\n", with: "\\n")
        let reason = #""\#(quoted)" \#(fault); allowed: a whole number of milliseconds from"#
        #expect(limits(margin: text, longest: nil) == "POSTINVOKE_DEADLINE_MARGIN_MS \(reason) 0 to 86400000")
        #expect(limits(margin: nil, longest: text) == "POSTINVOKE_MAX_HOLD_MS \(reason) 1 to 86400000")
    }

    /// A margin may be zero, a hold may not.
    @Test func aHoldOfNoTimeIsNone() {
        #expect(limits(margin: "0", longest: "0").hasPrefix(#"POSTINVOKE_MAX_HOLD_MS "0" is out of range"#))
    }
}

extension [UInt8]? {
    fileprivate func withBytes<Result, Failure: Error>(
        _ body: (ByteView?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let bytes = self else { return try body(nil) }
        return try bytes.withByteView { (bytes) throws(Failure) in try body(bytes) }
    }
}
