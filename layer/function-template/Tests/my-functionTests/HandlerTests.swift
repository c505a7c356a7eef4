import PostInvokeRuntime
import Testing

@testable import my_function

@Suite struct HandlerTests {
    @Test func `An order is added up, and ships after the response`() async throws {
        let postInvoke = try await PostInvoke.connect(mode: .local)
        let order = Order(id: "7", items: ["espresso": 240, "croissant": 400])
        try await confirmation("shipped") { shipped in
            let handler = Handler(ship: { order in
                #expect(order.id == "7")
                shipped()
            })
            let invocation = postInvoke.begin(requestID: "1")
            let receipt = try await invocation.handle { try await handler.handle(order, LambdaContext(requestID: "1")) }
            #expect(receipt.order == "7")
            #expect(receipt.total == 640)
            await invocation.responseAccepted()
        }
    }
}
