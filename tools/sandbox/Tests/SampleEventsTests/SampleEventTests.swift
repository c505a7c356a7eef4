import SampleEvents
import Testing

@Suite struct SampleEventTests {
    /// Each is in the form in which it is printed, so that a file can be read and edited as it comes.
    @Test(arguments: SampleEvent.allCases)
    func everyEventIsRead(event: SampleEvent) {
        let lines = event.document.lines
        #expect(JSONDocument(Array(lines.utf8)) == event.document)
        #expect(lines.hasPrefix("{\n  \"") && lines.hasSuffix("}\n"))
        #expect(!event.summary.isEmpty)
    }

    @Test func documentsStayAsTheyAreWritten() throws {
        let text = #"{"z":1.50,"a":[],"e":{},"s":"\u00e9\n\"","n":[-0,1e3,true,null]}"#
        #expect(
            try #require(JSONDocument(Array(text.utf8))).lines == """
                {
                  "z": 1.50,
                  "a": [],
                  "e": {},
                  "s": "é\\n\\"",
                  "n": [
                    -0,
                    1e3,
                    true,
                    null
                  ]
                }

                """)
    }

    @Test(arguments: ["", "{", "[1,]", "{} x", "nul"])
    func whatIsNoJSONIsNoDocument(text: String) { #expect(JSONDocument(Array(text.utf8)) == nil) }

    @Test(arguments: [
        ("a=x", #"{"a":"x","n":1,"l":[{"b":"c"}]}"#), ("a={\"b\":1}", #"{"a":"{\"b\":1}","n":1,"l":[{"b":"c"}]}"#),
        ("a:={\"b\":1}", #"{"a":{"b":1},"n":1,"l":[{"b":"c"}]}"#), ("n=2", #"{"a":"","n":2,"l":[{"b":"c"}]}"#),
        ("n=two", #"{"a":"","n":"two","l":[{"b":"c"}]}"#), ("n=", #"{"a":"","n":"","l":[{"b":"c"}]}"#),
        ("l[0].b=d=e", #"{"a":"","n":1,"l":[{"b":"d=e"}]}"#), ("l[1]=2", #"{"a":"","n":1,"l":[{"b":"c"},2]}"#),
        ("l[1].x.y=z", #"{"a":"","n":1,"l":[{"b":"c"},{"b":"c","x":{"y":"z"}}]}"#),
        ("l[1].b=d", #"{"a":"","n":1,"l":[{"b":"c"},{"b":"d"}]}"#),
        ("new[0][0]=1", #"{"a":"","n":1,"l":[{"b":"c"}],"new":[[1]]}"#),
        (#"x\.y\[0\]=1"#, #"{"a":"","n":1,"l":[{"b":"c"}],"x.y[0]":1}"#),
        ("x:y=1", #"{"a":"","n":1,"l":[{"b":"c"}],"x:y":1}"#),
        ("detail-type=T", #"{"a":"","n":1,"l":[{"b":"c"}],"detail-type":"T"}"#),
    ])
    func valuesAreSet(text: String, result: String) throws {
        var document = try #require(JSONDocument(Array(#"{"a":"","n":1,"l":[{"b":"c"}]}"#.utf8)))
        try Assignment(text).apply(to: &document)
        #expect(document == JSONDocument(Array(result.utf8)))
    }

    @Test(arguments: [
        ("", "the path ends where a name should be"), ("a", "expected = or := after the path"),
        ("=1", "expected a name before: =1"), ("a..b=1", "expected a name before: .b=1"),
        ("l[x]=1", "expected a number in brackets, such as [0], and found: [x]=1"),
        ("l[-1]=1", "expected a number in brackets, such as [0], and found: [-1]=1"),
        ("l[0=1", "expected a number in brackets, such as [0], and found: [0=1"),
        ("l[0]b=1", "expected = or := after the path"),
        ("l[2]=1", "[2]: the last element is [0]; the next can be added"),
        ("e[1]=1", "[1]: the array is empty; [0] can be added"),
        ("a.b=1", "b: the value before it is not an object"), ("a[0]=1", "[0]: the value before it is not an array"),
        ("n:=x", "the value after := is not JSON: x"),
    ])
    func wrongPathsAreNamed(text: String, fault: String) throws {
        var document = try #require(JSONDocument(Array(#"{"a":"","n":1,"l":[{"b":"c"}],"e":[]}"#.utf8)))
        do throws(Assignment.Fault) {
            try Assignment(text).apply(to: &document)
            Issue.record("no fault")
        } catch {
            #expect(error.description == fault)
        }
    }

    @Test(arguments: [("a=x", nil), ("l[0].b=x", nil), ("l[1].b=x", nil), ("l[0].B=x", "B"), ("o.p.q=x", "o")])
    func addedNamesAreTold(text: String, name: String?) throws {
        var document = try #require(JSONDocument(Array(#"{"a":"","l":[{"b":"c"}]}"#.utf8)))
        let addition = try Assignment(text).apply(to: &document)
        #expect(addition?.name == name)
        #expect(addition?.others == name.map { $0 == "B" ? ["b"] : ["a", "l"] })
    }

    /// Other changes of an event than those that were made by hand.
    @Test(arguments: [
        (SampleEvent.sqs, ["Records[0].body=hello"], ["Records[0].md5OfBody=5d41402abc4b2a76b9719d911017c592"]),
        (.sqs, ["Records[0].body=hello", "Records[0].md5OfBody=mine"], []),
        (
            .sqs, ["Records[1].body=hello", "Records[1].eventSourceARN=arn:aws:sqs:eu-west-1:012345678912:other"],
            ["Records[1].md5OfBody=5d41402abc4b2a76b9719d911017c592", "Records[1].awsRegion=eu-west-1"]
        ),
        (.sqs, ["Records[0].body:=7"], []), (.sqs, ["Records:=7"], []), (.sqs, ["Records[0]:=[]"], []),
        (.s3, ["Records[0].s3.bucket.name=mine"], ["Records[0].s3.bucket.arn=arn:aws:s3:::mine"]),
        (.kinesis, ["Records[0].kinesis.sequenceNumber=7"], ["Records[0].eventID=shardId-000000000006:7"]),
        (.functionURL, ["rawPath=/a"], ["requestContext.http.path=/a"]),
        (.functionURL, ["requestContext.http.path=/a"], ["rawPath=/a"]),
        (.functionURL, ["rawPath=/a", "requestContext.http.path=/b"], []),
        (.functionURL, ["body=é"], ["headers.content-length=2"]), (.alb, ["body="], ["headers.content-length=0"]),
        (.apiGatewayV1, ["path=/a"], ["requestContext.path=/prod/a"]), (.eventBridge, ["source=mine"], []),
    ])
    func whatFollowsFromAValueFollowsIt(event: SampleEvent, changes: [String], others: [String]) throws {
        var (derived, expected) = (event.document, event.document)
        for change in changes { try Assignment(change).apply(to: &derived) }
        for change in changes + others { try Assignment(change).apply(to: &expected) }
        event.derive(in: &derived)
        #expect(derived == expected)
    }

    @Test(arguments: SampleEvent.allCases)
    func theSamplesAgreeWithThemselves(event: SampleEvent) {
        for (text, expected) in event.derived { #expect(text != nil && text == expected) }
    }

    /// The examples of RFC 1321, A.5, and lengths around those of a block.
    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"), ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        (String(repeating: "1234567890", count: 8), "57edf4a22be3c955ac49da2e2107b67a"),
        (String(repeating: "a", count: 55), "ef1772b6dff9a122358552954ad0df65"),
        (String(repeating: "a", count: 56), "3b0c8ac703f828b04c6c197006d17218"),
        (String(repeating: "a", count: 64), "014842d480b571495a4a0363793f7367"),
    ])
    func digests(text: String, digest: String) { #expect(MD5.digest(of: text.utf8) == digest) }
}
