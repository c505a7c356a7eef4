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
        ("l[1].x.y=z", #"{"a":"","n":1,"l":[{"b":"c"},{"x":{"y":"z"}}]}"#),
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
        ("", "a name is missing before: "), ("a", "no = behind the path"), ("=1", "a name is missing before: =1"),
        ("a..b=1", "a name is missing before: .b=1"), ("l[x]=1", "no place in brackets: [x]=1"),
        ("l[-1]=1", "no place in brackets: [-1]=1"), ("l[0=1", "no place in brackets: [0=1"),
        ("l[0]b=1", "no = behind the path"), ("l[2]=1", "[2]: there are 1 elements"),
        ("a.b=1", "b: what should have this name is no object"),
        ("a[0]=1", "[0]: what should have this place is no array"),
        ("n:=x", "no JSON behind := : x"),
    ])
    func wrongPathsAreNamed(text: String, fault: String) throws {
        var document = try #require(JSONDocument(Array(#"{"a":"","n":1,"l":[{"b":"c"}]}"#.utf8)))
        do throws(Assignment.Fault) {
            try Assignment(text).apply(to: &document)
            Issue.record("no fault")
        } catch {
            #expect(error.description == fault)
        }
    }
}
