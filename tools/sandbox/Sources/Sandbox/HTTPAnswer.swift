import FoundationEssentials
import JSON
import ReactorHTTP

/// The reason why a response of the function is no answer in HTTP.
package struct HTTPAnswerFault: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// The answer in HTTP that a response of the function stands for: payload format 2.0, or what is inferred where it has no status
/// ("Invoking Lambda function URLs", "Response payload format").
package struct HTTPAnswer: Equatable {
    package struct Field: Equatable {
        package var name: String
        package var value: String
    }

    package var status = 200
    /// The header fields, by name; those of the connection are left to the server.
    package var fields: [Field] = []
    package var body: [UInt8] = []

    /// The answer in a whole response.
    package init(_ response: [UInt8]) throws(HTTPAnswerFault) {
        let json = Self.withoutHalfPairs(response)
        guard Self.hasStatus(json) else {
            try self.init(Payload(), contentType: "application/json")
            body = response
            return
        }
        let payload = try Self.decode(json, "it")
        try self.init(payload, contentType: "application/json")
        let text = payload.body ?? ""
        if payload.isBase64Encoded == true {
            guard let decoded = text.withByteView(Base64.decode) else { throw HTTPAnswerFault("its body is no Base64") }
            body = decoded
        } else {
            body = Array(text.utf8)
        }
    }

    /// The answer in a prelude, without a body.
    package init(prelude: [UInt8]) throws(HTTPAnswerFault) {
        let json = Self.withoutHalfPairs(prelude)
        // Foundation's reader takes what is no JSON.
        if let fault = json.withByteView({ JSONFault(in: $0) }) {
            throw HTTPAnswerFault("its prelude is no JSON: \(fault)")
        }
        try self.init(try Self.decode(json, "its prelude"), contentType: "application/octet-stream")
    }

    private init(_ payload: Payload, contentType: String) throws(HTTPAnswerFault) {
        if let text = payload.statusCode?.text {
            guard let status = Int(text), (200...599).contains(status) else {
                throw HTTPAnswerFault("its statusCode \(Self.quoted(text)) is not between 200 and 599")
            }
            self.status = status
        }
        for (name, value) in (payload.headers ?? [:]).sorted(by: { $0.key < $1.key }) {
            if let value { fields.append(Field(name: name, value: value.text)) }
        }
        for (name, values) in (payload.multiValueHeaders ?? [:]).sorted(by: { $0.key < $1.key }) {
            fields.removeAll { $0.name.lowercased() == name.lowercased() }
            fields += values.map { Field(name: name, value: $0.text) }
        }
        fields.removeAll { Self.ofConnection.contains($0.name.lowercased()) }
        if !fields.contains(where: { $0.name.lowercased() == "content-type" }) {
            fields.insert(Field(name: "content-type", value: contentType), at: 0)
        }
        fields += (payload.cookies ?? []).map { Field(name: "set-cookie", value: $0) }
        for field in fields {
            guard field.name.withByteView(isFieldName) else {
                throw HTTPAnswerFault("no header can be named \(Self.quoted(field.name))")
            }
            guard field.value.withByteView(isFieldValue) else {
                throw HTTPAnswerFault("its header \(field.name) has a value that no header can have")
            }
        }
    }

    /// RFC 9110, section 7.6.1; the length is the server's to say.
    private static let ofConnection: Set<String> = [
        "connection", "content-length", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding",
        "upgrade",
    ]

    /// A stranger's text in a line of ours.
    private static func quoted(_ text: String) -> String {
        var buffer = Buffer()
        text.withByteView { buffer.appendJSONString($0) }
        return buffer.readable.string
    }

    // MARK: JSON

    /// A text, or what else can stand for one.
    private struct Scalar: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self.text = text
            } else if let number = try? container.decode(Int.self) {
                text = String(number)
            } else if let number = try? container.decode(Double.self) {
                text = String(number)
            } else {
                text = String(try container.decode(Bool.self))
            }
        }
    }

    private struct Payload: Decodable {
        var statusCode: Scalar?
        var headers: [String: Scalar?]?
        var multiValueHeaders: [String: [Scalar]]?
        var cookies: [String]?
        var body: String?
        var isBase64Encoded: Bool?
    }

    /// Any value, so that what is inferred depends on nothing else.
    private struct Presence: Decodable {
        struct Value: Decodable { init(from decoder: any Decoder) {} }
        var statusCode: Value?
    }

    /// Returns true for an object with a status that is not null.
    private static func hasStatus(_ json: [UInt8]) -> Bool {
        guard json.withByteView({ JSONFault(in: $0) }) == nil else { return false }
        return (try? JSONDecoder().decode(Presence.self, from: Data(json)))?.statusCode != nil
    }

    private static func decode(_ json: [UInt8], _ what: String) throws(HTTPAnswerFault) -> Payload {
        do {
            return try JSONDecoder().decode(Payload.self, from: Data(json))
        } catch {
            let path: [any CodingKey] =
                switch error {
                case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
                    DecodingError.dataCorrupted(let context):
                    context.codingPath
                default: []
                }
            guard let member = path.first else { throw HTTPAnswerFault("\(what) is no JSON object") }
            let wanted =
                switch member.stringValue {
                case "statusCode": "a number"
                case "headers": "an object of texts"
                case "multiValueHeaders": "an object of arrays of texts"
                case "cookies": "an array of texts"
                case "body": "a text"
                default: "true or false"
                }
            throw HTTPAnswerFault("its \(member.stringValue) is not \(wanted)")
        }
    }

    /// A copy in which half of a surrogate pair, as JavaScript writes a character that was cut, is a replacement character:
    /// Foundation's reader refuses it.
    private static func withoutHalfPairs(_ json: [UInt8]) -> [UInt8] {
        var copy = json
        func unit(at place: Int) -> UInt32? {
            guard place + 6 <= copy.count, copy[place] == UInt8(ascii: "\\"), copy[place + 1] == UInt8(ascii: "u")
            else {
                return nil
            }
            return UInt32(String(decoding: copy[(place + 2)..<(place + 6)], as: UTF8.self), radix: 16)
        }
        var place = 0
        while let escape = copy[place...].firstIndex(of: UInt8(ascii: "\\")) {
            place = min(escape + 2, copy.count)
            guard let first = unit(at: escape), 0xD800...0xDFFF ~= first else { continue }
            if first < 0xDC00, let second = unit(at: escape + 6), 0xDC00...0xDFFF ~= second {
                place = escape + 12
            } else {
                copy.replaceSubrange((escape + 2)..<(escape + 6), with: "fffd".utf8)
            }
        }
        return copy
    }
}
