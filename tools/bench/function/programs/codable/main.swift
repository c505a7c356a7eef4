import LambdaRuntimeCodable

struct Order: Decodable {
    let order: String
    let quantity: Int
    let price: Int
}

struct Receipt: Encodable {
    let order: String
    let total: Int
}

await LambdaRuntime.run { (order: Order, _) in
    Receipt(order: order.order, total: order.quantity * order.price)
}
