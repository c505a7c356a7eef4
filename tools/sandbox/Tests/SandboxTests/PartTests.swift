import Glibc
import Processes
import Sandbox
import Testing

@Suite struct PartTests {
    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"), (1_795_223_422_123, "2026-11-21T01:10:22.123Z"),
        (951_827_696_789, "2000-02-29T12:34:56.789Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
    ])
    func timesInWords(milliseconds: Int64, text: String) {
        #expect(Timestamp.iso8601(milliseconds: milliseconds) == text)
    }

    @Test(arguments: [
        (Duration.zero, "0.00"), (.microseconds(1), "0.00"), (.microseconds(5), "0.01"),
        (.microseconds(12_345), "12.35"),
        (.seconds(3), "3000.00"),
    ])
    func durationsInReports(duration: Duration, text: String) { #expect(duration.millisecondsText == text) }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("ÿ\u{0}", "w78A"),
    ])
    func base64BothWays(text: String, encoded: String) {
        #expect(String(decoding: Base64.encode(Array(text.utf8)), as: UTF8.self) == encoded)
        #expect(encoded.withByteView { Base64.decode($0) } == Array(text.utf8))
    }

    @Test(arguments: ["a", "ab=c", "%%%%", "Zg=", "Zg===", "Zm9v=", "Unt6==", "Unt6===="])
    func badBase64(text: String) { #expect(text.withByteView { Base64.decode($0) } == nil) }

    @Test(
        arguments: [
            ("f", "f"), ("f%3Aprod", "f"), ("f:1", "f"), ("arn:aws:lambda:us-east-1:012345678912:function:f", "f"),
            ("arn%3Aaws%3Alambda%3Aus-east-1%3A012345678912%3Afunction%3Af%3A7", "f"),
            ("012345678912:function:f", "f"), ("function", "function"), ("%C3%BC", "ü"),
            (":f", nil), ("a:function:", nil), ("%zz", nil), ("%C3", nil), ("", nil),
        ] as [(String, String?)])
    func functionNames(segment: String, name: String?) {
        #expect(segment.withByteView { InvokeRequest.functionName(in: $0) } == name)
    }

    @Test(arguments: [
        ("{\n  \"a\": }", "line 2, column 8: expected a value"), ("", "line 1, column 1: expected a value"),
        ("{}\n\nx", "line 3, column 1: expected the end of the document"),
        ("[1,]", "line 1, column 4: expected a value"),
        ("[1", "line 1, column 3: expected a comma or the end of the array or object"),
        ("{\"ä\" 1}", "line 1, column 7: expected a colon"),
    ])
    func faultsHaveAPlace(text: String, fault: String) {
        #expect(text.withByteView { JSONFault(in: $0) }?.description == fault)
    }

    @Test func goodJSONHasNoFault() { #expect("{\"a\":[1,null]}".withByteView { JSONFault(in: $0) } == nil) }

    @Test(arguments: 1...7)
    func linesAreTheSameHoweverTheyCome(step: Int) {
        let text = Array("one\n\ntwo\r\nthree\nrest".utf8)
        var splitter = LineSplitter()
        var lines: [String] = []
        var index = 0
        while index < text.count {
            Array(text[index..<min(index + step, text.count)]).withByteView { splitter.append($0) }
            splitter.takeLines { lines.append($0.string) }
            index += step
        }
        splitter.takeRest { lines.append($0.string) }
        #expect(lines == ["one", "", "two\r", "three", "rest"])
    }

    @Test func endlessLinesAreCut() {
        var splitter = LineSplitter()
        var lengths: [Int] = []
        Array(repeating: UInt8(ascii: "x"), count: LineSplitter.limit + 5).withByteView { splitter.append($0) }
        splitter.takeLines { lengths.append($0.count) }
        splitter.takeRest { lengths.append($0.count) }
        #expect(lengths == [LineSplitter.limit, 5])
    }

    @Test(arguments: [
        ("us-east-1", "use1-az1"), ("us-west-2", "usw2-az1"), ("eu-central-1", "euc1-az1"), ("sa-east-1", "sae1-az1"),
        ("ap-northeast-3", "apne3-az1"), ("ap-southeast-2", "apse2-az1"), ("ap-south-1", "aps1-az1"),
        ("cn-north-1", "cnn1-az1"), ("cn-northwest-1", "cnnw1-az1"), ("us-gov-west-1", "usgw1-az1"),
        ("mx-central-1", "mxc1-az1"),
    ])
    func aRegionsFirstAvailabilityZone(region: String, zone: String) {
        var settings = Settings(function: "/bin/true")
        settings.region = region
        #expect(settings.availabilityZone == zone)
        settings.availabilityZoneID = "use1-az6"
        #expect(settings.availabilityZone == "use1-az6")
    }

    @Test func memoryIsRead() throws {
        let text = "Name:\tx\nVmHWM:\t    4321 kB\nVmRSS:\t 1 kB\n"
        #expect(ProcessFiles.number("VmHWM:", in: text) == 4321)
        #expect(ProcessFiles.number("VmHWM:", in: "") == nil)
        #expect(try #require(ProcessFiles(of: getpid()).number("VmHWM:", in: "status")) > 1000)
    }

    @Test(
        arguments: [
            ("{\"a\":1}", "{\"a\":1}"), ("a\nb", "a b"), ("a\u{1}", nil),
            (String(repeating: "x", count: 2000), String(repeating: "x", count: 1024) + "… (2000 bytes)"),
        ] as [(String, String?)])
    func bodiesInOneLine(body: String, text: String?) {
        #expect(body.withByteView { PlatformText.inOneLine($0) } == text)
    }
}
