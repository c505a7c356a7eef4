/// A text of an event that follows from another one beside it, as the MD5 of a body does.
struct Derivation {
    let source: [String]
    let target: [String]
    let value: @Sendable (String) -> String

    private init(
        _ source: String, _ target: String, _ value: @escaping @Sendable (String) -> String = { $0 }
    ) {
        self.source = source.split(separator: ".").map(String.init)
        self.target = target.split(separator: ".").map(String.init)
        self.value = value
    }

    /// Those of an event, or of each of its records.
    static func all(of event: SampleEvent) -> [Derivation] {
        switch event {
        case .alb: [length]
        case .apiGatewayV1:
            both("httpMethod", "requestContext.httpMethod") + both("headers.Host", "requestContext.domainName")
                + both("headers.X-Forwarded-For", "requestContext.identity.sourceIp")
                + both("headers.User-Agent", "requestContext.identity.userAgent") + [
                    Derivation("path", "requestContext.path") { "/prod" + $0 }
                ]
        case .apiGatewayV2, .functionURL:
            both("rawPath", "requestContext.http.path") + both("routeKey", "requestContext.routeKey")
                + both("headers.host", "requestContext.domainName")
                + both("headers.x-forwarded-for", "requestContext.http.sourceIp")
                + both("headers.user-agent", "requestContext.http.userAgent") + [length]
        case .cognito, .eventBridge: []
        case .dynamoDBStream: [region]
        case .kinesis:
            [Derivation("kinesis.sequenceNumber", "eventID") { "shardId-000000000006:" + $0 }, region]
        case .s3: [Derivation("s3.bucket.name", "s3.bucket.arn") { "arn:aws:s3:::" + $0 }]
        case .sns:
            [
                Derivation("Sns.TopicArn", "EventSubscriptionArn") {
                    $0 + ":b06f85ee-6092-45a7-ab63-feb204a9d556"
                }
            ]
        case .sqs: [Derivation("body", "md5OfBody") { MD5.digest(of: $0.utf8) }, region]
        }
    }

    private static func both(_ one: String, _ other: String) -> [Derivation] {
        [Derivation(one, other), Derivation(other, one)]
    }

    private static let length = Derivation("body", "headers.content-length") { String($0.utf8.count) }
    private static let region = Derivation("eventSourceARN", "awsRegion") { arn in
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count > 3 ? String(parts[3]) : ""
    }

    /// Has the target follow a source that is another one than in the sample; a target that is itself another one stays.
    func apply(to document: inout JSONDocument, sample: JSONDocument) {
        guard let changed = document[text: source[...]], changed != sample[text: source[...]],
            document[text: target[...]] == sample[text: target[...]]
        else { return }
        document[text: target[...]] = value(changed)
    }
}

extension SampleEvent {
    /// Has what follows from other values follow those of a document that was made from this event's.
    package func derive(in document: inout JSONDocument) {
        let sample = self.document
        guard let record = sample.records?.first else { return derive(in: &document, sample: sample) }
        document.records = document.records?.map { changed in
            var changed = changed
            derive(in: &changed, sample: record)
            return changed
        }
    }

    private func derive(in part: inout JSONDocument, sample: JSONDocument) {
        for derivation in Derivation.all(of: self) { derivation.apply(to: &part, sample: sample) }
    }

    /// The texts of the event that follow from others, as they are and as they should be.
    package var derived: [(is: String?, should: String?)] {
        let sample = document.records?.first ?? document
        return Derivation.all(of: self).map { derivation in
            (sample[text: derivation.target[...]], sample[text: derivation.source[...]].map(derivation.value))
        }
    }
}

extension JSONDocument {
    /// The records of an event that has some.
    fileprivate var records: [JSONDocument]? {
        get {
            guard case .object(let members) = self,
                case .array(let records) = members.first(where: { $0.name == "Records" })?.value
            else { return nil }
            return records
        }
        set {
            guard case .object(var members) = self, let place = members.firstIndex(where: { $0.name == "Records" }),
                let newValue
            else { return }
            members[place].value = .array(newValue)
            self = .object(members)
        }
    }

    /// The text at a path of names. It is nil where there is none, and is not set there.
    fileprivate subscript(text path: ArraySlice<String>) -> String? {
        get {
            switch self {
            case .string(let text) where path.isEmpty: text
            case .object(let members): members.first { $0.name == path.first }?.value[text: path.dropFirst()]
            case .string, .word, .array: nil
            }
        }
        set {
            switch self {
            case .string where path.isEmpty: if let newValue { self = .string(newValue) }
            case .object(var members):
                guard let place = members.firstIndex(where: { $0.name == path.first }) else { return }
                members[place].value[text: path.dropFirst()] = newValue
                self = .object(members)
            case .string, .word, .array: break
            }
        }
    }
}
