import LambdaRuntimeCodable
import ServiceFakes
import Testing

@Suite struct CodableTests {
    struct Order: Codable, Equatable {
        struct Item: Codable, Equatable { var price: Int }
        var items: [Item]
    }

    @Test func readsAndWritesJSON() async throws {
        let handler = LambdaHandler { (order: Order, _) in order.items.map(\.price).reduce(0, +) }
        let context = LambdaContext(requestID: "id-1")
        let output = try await handler.bytes()([UInt8](#"{"items":[{"price":3},{"price":4}]}"#.utf8), context)
        #expect(String(decoding: output, as: UTF8.self) == "7")
    }

    @Test func writesAStringAsJSONAndNothingAsNull() async throws {
        let context = LambdaContext(requestID: "id-1")
        let text = LambdaHandler { (name: String, _) in "hello \"\(name)\"" }
        #expect(
            String(decoding: try await text.bytes()([UInt8](#""you""#.utf8), context), as: UTF8.self)
                == #""hello \"you\"""#)
        let nothing = LambdaHandler { (_: String, _) in }
        #expect(
            String(decoding: try await nothing.bytesAnsweringNull()([UInt8](#""you""#.utf8), context), as: UTF8.self)
                == "null")
    }

    @Test(arguments: [
        (#"{"items":[{"price":1},{}]}"#, #"the event is no Order: no value for "price" at items[1]"#),
        (#"{"items":[{"price":"1"}]}"#, "the event is no Order: not of type Int at items[0].price"),
        (#"{"items":null}"#, "the event is no Order: null instead of an array at items"),
    ])
    func reportsAnEventThatCannotBeRead(event: String, message: String) async throws {
        try await withFunction(LambdaHandler { (order: Order, _) in order }.bytes()) { api in
            try await api.expect("GET", "/invocation/next")
            api.give(event, id: "id-1")
            let report = try await api.expect("POST", "/invocation/id-1/error")
            #expect(report.headers["Lambda-Runtime-Function-Error-Type"] == "DecodingError")
            #expect(report.body.contains(message.replacing("\"", with: "\\\"")))
        }
    }

    @Test func aMiddlewareSeesEventsThatCannotBeRead() async throws {
        let seen = Log<String>()
        let handler = LambdaHandler<Order, Order>({ order, _ in order }) { context, handle in
            do { return try await handle() } catch {
                seen.append("\(context.requestID) \((error as? FunctionError)?.type ?? "")")
                throw error
            }
        }
        await #expect(throws: FunctionError.self) {
            try await handler.bytes()([UInt8]("[]".utf8), LambdaContext(requestID: "id-1"))
        }
        #expect(seen.all == ["id-1 DecodingError"])
    }
}
