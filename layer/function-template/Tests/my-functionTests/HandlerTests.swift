import PostInvokeRuntime
import Testing

@testable import my_function

@Suite struct HandlerTests {
    @Test func `An order is added up, and ships after the response`() async throws {
        let carrier = Carrier()
        let handler = Handler(ship: { await carrier.take($0) })
        let order = Order(id: "7", items: ["espresso": 240, "croissant": 400])
        // As the runtime does: the handler, then the response, then the closures.
        let invocation = try await PostInvoke.connect(mode: .local).begin(requestID: "1")
        let receipt = try await invocation.handle { try await handler.handle(order, LambdaContext(requestID: "1")) }
        #expect(receipt.order == "7")
        #expect(receipt.total == 640)
        #expect(await carrier.orders == [])
        await invocation.responseAccepted()
        #expect(await carrier.orders == ["7"])
    }
}

/// Takes what is shipped.
private actor Carrier {
    private(set) var orders: [String] = []

    func take(_ order: Order) { orders.append(order.id) }
}
