import HTTP1

/// A field, for comparison.
struct Field: Equatable {
    let name: [UInt8]
    let value: [UInt8]

    init(_ name: String, _ value: String) { self.init(name: Array(name.utf8), value: Array(value.utf8)) }

    init(name: [UInt8], value: [UInt8]) {
        self.name = name
        self.value = value
    }

    static func all(in fields: HTTPFields) -> [Field] {
        (0..<fields.count).map { Field(name: fields[$0].name.array, value: fields[$0].value.array) }
    }
}

/// The content of a request head.
struct RequestSummary: Equatable {
    var method = "GET"
    var target = "/"
    var version = HTTPVersion.http11
    var framing = BodyFraming.none
    var isKeepAlive = true
    var expectsContinue = false
    var fields: [Field] = []
}

/// The content of a response head.
struct ResponseSummary: Equatable {
    var status = 200
    var reason = "OK"
    var version = HTTPVersion.http11
    var framing = BodyFraming.untilClose
    var isKeepAlive = true
    var fields: [Field] = []
}
