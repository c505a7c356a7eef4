import LambdaRuntimeCodable
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The words for events that cannot be read, and for outputs that cannot be written.
@Suite struct CodingFaultTests {
    struct Field<Value: Codable & Sendable>: Codable, Sendable { var a: Value }

    struct Order: Codable {
        struct Item: Codable {
            var price: Int8
            var tags: [UInt8]?
        }
        var items: [Item]
    }

    enum Size: String, Codable { case small }
    enum Choice: Codable { case one(Int), two(String) }

    struct Own: Codable {
        init(from decoder: any Decoder) throws {
            throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "no such own thing."))
        }
        func encode(to encoder: any Encoder) throws {
            throw EncodingError.invalidValue(3, .init(codingPath: [], debugDescription: "cannot be told."))
        }
    }

    /// The message, without what it begins with.
    private func fault<Value: Decodable & Sendable>(
        _ type: Value.Type, _ event: [UInt8], _ decoder: JSONDecoder = JSONDecoder()
    ) async -> String {
        let handler = LambdaHandler<Value, Int> { _, _ in 0 }
        do {
            _ = try await handler.bytes(JSONCoding(decoder: decoder))(event, LambdaContext(requestID: "id-1"))
            return "none"
        } catch let error as FunctionError {
            #expect(error.type == "DecodingError")
            let start = "the event is no \(type): "
            #expect(error.message.hasPrefix(start))
            return String(error.message.dropFirst(start.count))
        } catch {
            return "another error: \(error)"
        }
    }

    private func fault<Value: Decodable & Sendable>(
        _ type: Value.Type, _ event: String, _ decoder: JSONDecoder = JSONDecoder()
    ) async -> String {
        await fault(type, [UInt8](event.utf8), decoder)
    }

    @Test func namesTheNumberThatDoesNotFit() async {
        #expect(await fault(Field<Int8>.self, #"{"a":300}"#) == "300 does not fit Int8 at a")
        #expect(await fault(Field<Int8>.self, #"{"a":-129}"#) == "-129 does not fit Int8 at a")
        #expect(await fault(Field<UInt>.self, #"{"a":-1}"#) == "-1 does not fit UInt at a")
        #expect(await fault(Field<Double>.self, #"{"a":1e400}"#) == "1e400 does not fit Double at a")
        #expect(await fault(Field<Double>.self, #"{"a":1e-400}"#) == "1e-400 does not fit Double at a")
        #expect(await fault(Field<Float>.self, #"{"a":1e39}"#) == "1e39 does not fit Float at a")
        #expect(
            await fault(Field<Int>.self, #"{"a":9223372036854775808}"#) == "9223372036854775808 does not fit Int at a")
        #expect(await fault(Field<Int>.self, #"{"a":1.5}"#) == "1.5 does not fit Int at a")
        #expect(await fault(Field<Decimal>.self, #"{"a":1e400}"#) == "1e400 does not fit Decimal at a")
        #expect(await fault(Field<Date>.self, #"{"a":1e400}"#) == "1e400 does not fit Date at a")
        #expect(await fault(Int8.self, "300") == "300 does not fit Int8")
        #expect(await fault(Double.self, " 1e400") == "1e400 does not fit Double")
        let digits = String(repeating: "9", count: 1_000)
        #expect(
            await fault(Field<Int>.self, #"{"a":\#(digits)}"#) == "\(digits.prefix(40))... does not fit Int at a")
    }

    @Test func findsItsPlaceInWhateverItIsIn() async {
        #expect(
            await fault(Order.self, #"{"x":[300],"items":[{"price":1},{"tags":[],"price":300}]}"#)
                == "300 does not fit Int8 at items[1].price")
        #expect(
            await fault(Order.self, #"{"items":[{"price":1,"tags":[1,2,-3]}]}"#)
                == "-3 does not fit UInt8 at items[0].tags[2]")
        #expect(await fault([[Int8]].self, "[[1],[2,300]]") == "300 does not fit Int8 at [1][1]")
        #expect(
            await fault([String: Field<Int8>].self, #"{"k":{"a":1},"k.x":{"a":300}}"#)
                == "300 does not fit Int8 at k.x.a")
        #expect(await fault(Field<Int8?>.self, #"{"a":300}"#) == "300 does not fit Int8 at a")
        #expect(await fault(Field<Choice>.self, #"{"a":{"one":{"_0":1.5}}}"#) == "1.5 does not fit Int at a.one._0")
        // Of names that repeat Foundation takes the first.
        #expect(await fault(Field<Int8>.self, #"{"a":300,"a":1}"#) == "300 does not fit Int8 at a")
        #expect(await fault(Field<Int8>.self, #"{"a":1,"a":300}"#) == "none")
        #expect(await fault(Field<Int8>.self, #"{"\u0061":300}"#) == "300 does not fit Int8 at a")
        #expect(await fault(Field<Int8>.self, "\u{FEFF}{\"a\":300}") == "300 does not fit Int8 at a")
    }

    @Test func saysWhereADocumentIsNoJSON() async {
        for (event, words) in [
            ("", "a value at byte 0"), ("  ", "a value at byte 2"), ("{a:1}", "a name or } at byte 1"),
            (#"{"a":01}"#, "no digit after a leading zero at byte 6"), (#"{"a":+1}"#, "a value at byte 5"),
            (#"{"a":1.}"#, "a digit at byte 7"), (#"{"a":NaN}"#, "a value at byte 5"),
            (#"{"a":tru}"#, "a value at byte 5"), (#"{"a":1e}"#, "a digit at byte 7"),
            (#"{"a":1"#, "a comma or the end of the array or object at byte 6"),
            (#"{"a":1} x"#, "the end of the document at byte 8"), (#"{"a":1}{}"#, "the end of the document at byte 7"),
            (#"{"a" 1}"#, "a colon at byte 5"),
            ("{\n  \"a\": 1\n  \"b\": 2\n}", "a comma or the end of the array or object at byte 13, line 3"),
            (#"{"b":[x]}"#, "a value at byte 6"),
            (#"{"a":2,"b":[1 2]}"#, "a comma or the end of the array or object at byte 14"),
        ] {
            #expect(await fault(Field<Int>.self, event) == "not JSON: expected \(words)")
        }
        for (event, words) in [
            (#"{"a":"x"#, "a closing quotation mark at byte 7"),
            ("{\"a\":\"x\ny\"}", "an escape in place of a control character at byte 7"),
            (#"{"a":"\x"}"#, "a known escape at byte 7"), (#"{"a":"\u12"}"#, "a hexadecimal digit at byte 10"),
        ] {
            #expect(await fault(Field<String>.self, event) == "not JSON: expected \(words)")
        }
    }

    @Test func saysWhereUTF8IsNone() async {
        #expect(
            await fault(Field<String>.self, Array(#"{"a":""#.utf8) + [0xFF] + Array(#""}"#.utf8))
                == "not JSON: expected well-formed UTF-8 at byte 6")
        #expect(
            await fault(Field<String>.self, Array(#"{"a":"","#.utf8) + [0x22, 0xC3, 0x22] + Array(":2}".utf8))
                == "not JSON: expected well-formed UTF-8 at byte 9")
        for first: UInt8 in [0xFE, 0xFF] {
            #expect(
                await fault(Field<Int>.self, [first] + Array(#"{"a":1}"#.utf8))
                    == "not JSON: expected a value at byte 0")
        }
    }

    /// RFC 8259, section 8.2: grammatical, and unpredictable.
    @Test func saysWhereHalfOfASurrogatePairIs() async {
        let words = "half of a surrogate pair at byte"
        #expect(await fault(Field<String>.self, #"{"a":"\ud83c"}"#) == "\(words) 6, which no String can hold at a")
        #expect(await fault(Field<String>.self, #"{"a":"x\udf89"}"#) == "\(words) 7, which no String can hold at a")
        #expect(
            await fault(Field<String>.self, #"{"b":"\ud83c","a":"\ud83c\udf89\ud83c\ud83c"}"#)
                == "\(words) 31, which no String can hold at a")
        #expect(
            await fault(Field<Int>.self, #"{"a":1,"\ud83c":2}"#) == "\(words) 8, which no name can hold")
        // Nobody reads it.
        #expect(await fault(Field<Int>.self, #"{"b":"\ud83c","a":1}"#) == "none")
    }

    @Test func saysThatADocumentIsTooDeep() async {
        func nested(_ depth: Int) -> String {
            #"{"a":1,"b":"# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
        }
        #expect(await fault(Field<Int>.self, nested(511)) == "none")
        #expect(await fault(Field<Int>.self, nested(512)) == "more than 512 levels of nesting at byte 522")
        #expect(await fault(Field<Int>.self, nested(100_000)) == "more than 512 levels of nesting at byte 522")
        // A deep value hides nothing that is behind it.
        #expect(
            await fault(
                Field<Int8>.self, String(nested(300).dropLast()).replacing(#""a":1"#, with: #""c":1"#) + #","a":300}"#)
                == "300 does not fit Int8 at a")
    }

    @Test func saysWhatIsMissingOrOfAnotherType() async {
        #expect(await fault(Field<Int>.self, "{}") == #"no value for "a""#)
        #expect(await fault(Field<Int>.self, #"{"a":null}"#) == "null instead of Int at a")
        #expect(await fault(Field<Int>.self, "null") == "null instead of an object")
        #expect(await fault(Field<Int>.self, "[]") == "not an object")
        #expect(await fault(Field<Int>.self, #"{"a":"1"}"#) == "not of type Int at a")
        #expect(await fault(Field<Decimal>.self, #"{"a":"1"}"#) == "not of type Decimal at a")
        #expect(
            await fault(Order.self, #"{"items":[{"price":1},{"price":"x"}]}"#) == "not of type Int8 at items[1].price")
        #expect(await fault(Order.self, #"{"items":[null]}"#) == "null instead of an object at items[0]")
        #expect(
            await fault(Order.self, #"{"items":[{"price":1,"tags":[1,null]}]}"#)
                == "null instead of UInt8 at items[0].tags[1]")
        #expect(await fault(Order.self, #"{"items":{}}"#) == "not an array at items")
        #expect(await fault(Field<Choice>.self, #"{"a":{}}"#) == "Invalid number of keys found, expected one at a")
        #expect(
            await fault(Field<Size>.self, #"{"a":"z"}"#) == "Cannot initialize Size from invalid String value z at a")
    }

    @Test func passesOnWhatStrategiesAndTypesSay() async {
        let dates = JSONDecoder()
        dates.dateDecodingStrategy = .iso8601
        #expect(
            await fault(Field<Date>.self, #"{"a":"x"}"#, dates) == "Expected date string to be ISO8601-formatted at a")
        #expect(await fault(Field<Date>.self, #"{"a":1}"#, dates) == "not of type String at a")
        #expect(await fault(Field<Data>.self, #"{"a":"*"}"#) == "Encountered Data is not valid Base64 at a")
        #expect(await fault(Field<URL>.self, #"{"a":""}"#) == "Invalid URL string at a")
        #expect(await fault(Field<Own>.self, #"{"a":1}"#) == "no such own thing at a")
        #expect(await fault(Own.self, "1") == "no such own thing.")
        let names = JSONDecoder()
        names.keyDecodingStrategy = .convertFromSnakeCase
        struct Snake: Decodable { var fooBar: Int8 }
        #expect(await fault(Snake.self, #"{"foo_bar":300}"#, names) == "nothing that fits Int8 at fooBar")
    }

    @Test func leavesOtherNotationsToFoundation() async {
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        #expect(await fault(Field<Int8>.self, "{a:300,}", decoder) == "nothing that fits Int8 at a")
        #expect(await fault(Field<Int8>.self, "{a:1 x}", decoder) == "The given data was not valid JSON.")
        let utf16 = Array(#"{"a":300}"#.utf16).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        #expect(await fault(Field<Int8>.self, utf16) == "nothing that fits Int8 at a")
    }

    @Test func saysWhatCannotBeWritten() async {
        func fault(_ output: some Encodable & Sendable) async -> String {
            let handler = LambdaHandler { (_: Int, _) in output }
            do {
                _ = try await handler.bytes()([0x31], LambdaContext(requestID: "id-1"))
                return "none"
            } catch let error as FunctionError {
                #expect(error.type == "EncodingError")
                return error.message
            } catch {
                return "another error: \(error)"
            }
        }
        let start = "the output cannot be written as JSON: "
        #expect(await fault(Field(a: Double.infinity)) == start + "inf is no number in JSON at a")
        #expect(await fault(Field(a: -Float.infinity)) == start + "-inf is no number in JSON at a")
        #expect(await fault(["x": [1, Double.nan]]) == start + "nan is no number in JSON at x[1]")
        #expect(await fault(Double.infinity) == start + "inf is no number in JSON")
        #expect(await fault(Field<Int?>(a: nil)) == "none")
    }

    @Test func anOutputOfOnesOwnSpeaksForItself() async throws {
        struct Silent: Encodable { func encode(to encoder: any Encoder) throws {} }
        let handler = LambdaHandler { (_: Int, _) in Silent() }
        let error = await #expect(throws: FunctionError.self) {
            try await handler.bytes()([0x31], LambdaContext(requestID: "id-1"))
        }
        #expect(error?.message == "the output cannot be written as JSON: Top-level Silent did not encode any values")
    }
}
