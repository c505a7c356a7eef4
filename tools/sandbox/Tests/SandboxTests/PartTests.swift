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
        ("127.0.0.1 localhost\n127.0.0.1\tsandbox.localdomain", true), ("::1 a SANDBOX.localdomain b # c", true),
        ("127.0.0.1 localhost # sandbox.localdomain", false), ("#127.0.0.1 sandbox.localdomain", false),
        ("sandbox.localdomain", false), ("127.0.0.1 x.sandbox.localdomain", false), ("", false),
    ])
    func hostsAreRead(text: String, isKnown: Bool) { #expect(LocalName.isKnown(to: text) == isKnown) }

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
            ("f", "f", nil), ("f%3Aprod", "f", "prod"), ("f:1", "f", "1"), ("f:$LATEST", "f", "$LATEST"),
            ("arn:aws:lambda:us-east-1:012345678912:function:f", "f", nil),
            ("arn%3Aaws-cn%3Alambda%3Acn-north-1%3A012345678912%3Afunction%3Af%3A7", "f", "7"),
            ("012345678912:function:f", "f", nil), ("012345678912:function:f:live", "f", "live"),
            ("function", "function", nil), ("f:function", "f", "function"),
            ("function:function", "function", "function"), ("012345678912:function:function", "function", nil),
            ("%C3%BC", "ü", nil), ("f:", "f", ""), (":f", nil, nil), ("a:function:", nil, nil), ("a:b:c", nil, nil),
            ("arn:aws:s3:::function:f", nil, nil), ("%zz", nil, nil), ("%C3", nil, nil), ("", nil, nil),
        ] as [(String, String?, String?)])
    func functionsAreNamed(segment: String, name: String?, qualifier: String?) {
        let reference = segment.withByteView { FunctionReference($0) }
        #expect(reference?.name == name)
        #expect(reference?.qualifier == qualifier)
    }

    @Test(arguments: [
        ("us-east-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"), ("eu-isoe-west-1", "aws-iso-e"), ("us-isof-south-1", "aws-iso-f"),
        ("eusc-de-east-1", "aws-eusc"), ("eu-central-1", "aws"),
    ])
    func regionsHavePartitions(region: String, partition: String) {
        var settings = Settings(function: "/f")
        settings.region = region
        #expect(settings.functionARN() == "arn:\(partition):lambda:\(region):012345678912:function:function")
    }

    @Test(arguments: [
        ("{\n  \"a\": }", "line 2, column 8: expected a value"), ("", "line 1, column 1: expected a value"),
        ("{}\n\nx", "line 3, column 1: expected the end of the document"),
        ("[1,]", "line 1, column 4: expected a value"),
        ("[1", "line 1, column 3: expected a comma or the end of the array or object"),
        (#"["\ud83c",]"#, "line 1, column 11: expected a value"), ("{\"ä\" 1}", "line 1, column 7: expected a colon"),
        ("[}", "line 1, column 2: expected a value or ]"),
        ("{]", "line 1, column 2: expected a name or }"), ("{\"a\":1,}", "line 1, column 8: expected a name"),
        ("[1}", "line 1, column 3: expected a comma or the end of the array or object"),
        ("[truefalse]", "line 1, column 6: expected a comma or the end of the array or object"),
        ("tru", "line 1, column 1: expected a value"), ("[ tru", "line 1, column 3: expected a value"),
        ("[01]", "line 1, column 3: expected no digit after a leading zero"),
        ("\"a", "line 1, column 3: expected a closing quotation mark"),
        ("[\"\\", "line 1, column 4: expected a known escape"),
        ("\"\\ud8g0\"", "line 1, column 6: expected a hexadecimal digit"),
        ("1 2", "line 1, column 3: expected the end of the document"),
    ])
    func faultsHaveAPlace(text: String, fault: String) {
        #expect(text.withByteView { JSONFault(in: $0) }?.description == fault)
    }

    /// The last ones are what strangers write, and what the library's reader refuses.
    @Test(arguments: [
        #"{"a":[1,null]}"#, " [ ] ", #"{ "a" : { } , "b" : "\\\"\u0041" }"#, "-0.5e+3", #""😀""#, #"{"cut":"\ud83c"}"#,
        #"["\uDFFF\ud800"]"#, String(repeating: "[", count: 65) + String(repeating: "]", count: 65),
        String(repeating: #"{"a":["#, count: 100_000) + String(repeating: "]}", count: 100_000),
    ])
    func goodJSONHasNoFault(text: String) { #expect(text.withByteView { JSONFault(in: $0) } == nil) }

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
        Array(repeating: UInt8(ascii: "x"), count: LineSplitter.limit + 1).withByteView { splitter.append($0) }
        "\nnext\n".withByteView { splitter.append($0) }
        lengths = []
        splitter.takeLines { lengths.append($0.count) }
        #expect(lengths == [LineSplitter.limit, 1, 4])
    }

    /// So many bytes before a character of two, three or four.
    @Test(arguments: ["é", "€", "😀"], 0...4)
    func endlessLinesAreCutBetweenCharacters(character: String, before: Int) {
        let text = String(repeating: "x", count: LineSplitter.limit - before) + character + "rest"
        var splitter = LineSplitter()
        var lines: [String] = []
        text.withByteView { splitter.append($0) }
        splitter.takeLines { lines.append($0.string) }
        splitter.takeRest { lines.append($0.string) }
        #expect(lines.joined() == text)
        #expect(lines.count == 2 && lines[0].utf8.count <= LineSplitter.limit)
    }

    @Test func whatIsNoTextIsCutAtTheLimit() {
        var splitter = LineSplitter()
        var lengths: [Int] = []
        Array(repeating: UInt8(0xBF), count: LineSplitter.limit + 5).withByteView { splitter.append($0) }
        splitter.takeLines { lengths.append($0.count) }
        #expect(lengths == [LineSplitter.limit])
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

    @Test(arguments: [
        ("START RequestId: 1 Version: 2", "START    RequestId: 1 Version: 2"),
        ("END RequestId: 1", "END      RequestId: 1"),
        ("REPORT RequestId: 1\tDuration: 2 ms", "REPORT   RequestId: 1\tDuration: 2 ms"),
        ("RESPONSE RequestId: 1 after 2 ms", "RESPONSE RequestId: 1 after 2 ms"),
        ("RequestId: 1 Error: x", "         RequestId: 1 Error: x"), ("INIT_START Runtime", "INIT_START Runtime"),
        ("Runtime.ExitError", "Runtime.ExitError"), ("{\"a\":\"RequestId: 1\"}", "{\"a\":\"RequestId: 1\"}"),
        ("SHUTDOWN Reason: spindown", "SHUTDOWN Reason: spindown"), ("", ""),
    ])
    func requestIDsStandInAColumn(line: String, aligned: String) { #expect(PlatformText.aligned(line) == aligned) }

    @Test(
        arguments: [
            ("{\"a\":1}", "{\"a\":1}"), ("a\nb", "a b"), ("a\u{1}", nil),
            (String(repeating: "x", count: 2000), String(repeating: "x", count: 1024) + "… (2000 bytes)"),
        ] as [(String, String?)])
    func bodiesInOneLine(body: String, text: String?) {
        #expect(body.withByteView { PlatformText.inOneLine($0) } == text)
    }

    @Test(
        arguments: [
            (nil, 2, "127.1.0.1:1339"), (nil, 257, "127.0.0.2:1339"), ("127.0.0.1:1340", 1, "127.0.0.1:1340"),
            ("127.250.9.4:1339", 11, "127.4.9.4:1339"), ("[::1]:1339", 3, "[::1]:1341"),
            ("127.0.0.1:1339,unix:@postinvoke", 2, "127.1.0.1:1339,unix:@postinvoke-2"),
            ("unix:/tmp/p", 1, "unix:/tmp/p"), ("nowhere", 2, "nowhere"), ("", 2, ""),
        ] as [(String?, Int, String)])
    func theExtensionHasAnAddressInEachEnvironment(first: String?, environment: Int, address: String) {
        #expect(ExtensionAddress.value(first, for: environment) == address)
    }

    @Test(
        arguments: [
            (.eventAgeExceeded, 0, nil, #""EventAgeExceeded","approximateInvokeCount":0},"requestPayload":{ "a":1}}"#),
            (
                .retriesExhausted, 3, .functionError(type: "Broke", body: Array("{\r\n}".utf8)),
                #"{ "a":1},"responseContext":{"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"},"#
                    + #""responsePayload":{  }}"#
            ),
            (
                .retriesExhausted, 3, .functionError(type: "Broke", body: Array("no\njson".utf8)),
                #"Payload":"no\njson"}"#
            ),
            (.retriesExhausted, 3, .failure(.throttled), #""errorMessage":"RequestId: r Error: Rate Exceeded."}}"#),
        ] as [(DiscardCondition, Int, Outcome?, String)])
    func whatIsLeftOfAnEventIsOneLine(condition: DiscardCondition, attempts: Int, outcome: Outcome?, end: String) {
        let event = DiscardedEvent(
            invocation: Invocation(id: "r", payload: Array("{\n\"a\":1}".utf8)), condition: condition,
            attempts: attempts, outcome: outcome)
        let line = String(decoding: event.record(of: Settings(function: "/bin/true"), at: 0), as: UTF8.self)
        #expect(
            line.hasPrefix(
                #"{"version":"1.0","timestamp":"1970-01-01T00:00:00.000Z","requestContext":{"requestId":"r","functionArn":"#
                    + #""arn:aws:lambda:us-east-1:012345678912:function:function:$LATEST","condition":""#
                    + condition.rawValue))
        #expect(line.hasSuffix(end), "\(line)")
        #expect(!line.contains("\n"))
    }
}
