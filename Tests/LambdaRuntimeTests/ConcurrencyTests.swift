import LambdaAPI
import LambdaRuntime
import Testing

@Suite struct ConcurrencyTests {
    private func read(_ type: String?, _ maximum: String?) throws(SettingError) -> Concurrency {
        func view(_ text: String?) -> [UInt8]? { text.map { Array($0.utf8) } }
        let (type, maximum) = (view(type), view(maximum))
        func with(_ bytes: [UInt8]?, _ body: (ByteView?) throws(SettingError) -> Concurrency)
            throws(SettingError)
            -> Concurrency
        {
            guard let bytes else { return try body(nil) }
            return try bytes.withByteView { (view) throws(SettingError) in try body(view) }
        }
        return try with(type) { (type) throws(SettingError) in
            try with(maximum) { (maximum) throws(SettingError) in
                try Concurrency(initializationType: type, maximum: maximum)
            }
        }
    }

    @Test(arguments: [
        (nil, 1), ("", 1), ("1", 1), ("2", 2), ("64", 64), ("0064", 64), ("4096", 4_096),
    ])
    func managedInstancesSayHowManyEventsTheyGiveAtATime(maximum: String?, workers: Int) throws {
        #expect(try read("lambda-managed-instances", maximum) == .managed(workers: workers))
    }

    private static let numbers = ["0", "-1", "4097", "18446744073709551616", "99999999999999999999999"]
    private static let others = ["+8", "8 ", " 8", "8.0", "8e1", "0x8", "eight", "é", "8\n"]

    @Test(arguments: numbers + others)
    func aBadNumberIsNamed(maximum: String) {
        let error = #expect(throws: SettingError.self) { try read("lambda-managed-instances", maximum) }
        let quoted = maximum.replacing("\n", with: "\\n")
        #expect(
            error?.description
                == #"AWS_LAMBDA_MAX_CONCURRENCY "\#(quoted)" "#
                + "\(Self.numbers.contains(maximum) ? "is out of range" : "is no whole number"); "
                + "allowed: a whole number from 1 to 4096")
    }

    @Test(arguments: [
        nil, "", "on-demand", "provisioned-concurrency", "snap-start", "native-http", "lambda-managed-instances2",
        "LAMBDA-MANAGED-INSTANCES", "something-new",
    ])
    func elsewhereNobodyAsksForTheNumber(type: String?) throws {
        for maximum in [nil, "1", "64", "no number"] { #expect(try read(type, maximum) == .onDemand) }
    }
}
