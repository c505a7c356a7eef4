import PostInvokeRuntime

/// The event, as JSON.
struct Order: Codable {
    var id: String
    /// The price in cents of each thing that was ordered.
    var items: [String: Int]
}

/// The response, as JSON.
struct Receipt: Codable {
    var order: String
    /// In cents.
    var total: Int
}

/// The function itself. Lambda calls it by way of main.swift, and the tests call it directly.
struct Handler {
    /// The work after the response, which a test replaces.
    var ship: @Sendable (Order) async throws -> Void = { order in print("shipping \(order.id)") }

    func handle(_ order: Order, _ context: LambdaContext) async throws -> Receipt {
        PostInvoke.run { try await ship(order) }
        return Receipt(order: order.id, total: order.items.values.reduce(0, +))
    }
}
